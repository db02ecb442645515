# Talks to the control plane, by the Python that Portage needs anyway. Secrets go by file and environment, not by
# the command line. What is wrong is printed, with status 1: answer=$(plane …) || fail "$answer"

plane() {
	python3 - "$@" 9<&- <<'SCRIPT'
import hashlib, json, os, re, sys, urllib.error, urllib.request

what, base, *rest = sys.argv[1:]


def refuse(text):
    print(text)
    sys.exit(1)


def ask(path, headers=None, body=None, timeout=120):
    data = None if body is None else json.dumps(body).encode()
    headers = {"user-agent": "build-swarm-bootstrap", **(headers or {})}
    if data is not None:
        headers["content-type"] = "application/json"
    request = urllib.request.Request(base + path, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def told(status, body):
    try:
        return f"{status}: {json.loads(body)['error']}"
    except (ValueError, KeyError, TypeError):
        return str(status)


def write(path, data, mode):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(data)


def health():
    status, body = ask("/api/v1/health", timeout=10)
    if status != 200:
        refuse(told(status, body))


def version():
    status, body = ask("/api/v1/agent/version")
    if status != 200:
        refuse(f"{base} has no agent to give ({told(status, body)})")
    known = json.loads(body)
    if not re.fullmatch("[0-9a-f]{64}", known["sha256"]) or not re.fullmatch("[0-9A-Za-z.+-]+", known["version"]):
        refuse(f"{base} tells no hash of its agent")
    print(known["sha256"], known["version"])


def download():
    path, wanted = rest
    status, body = ask("/api/v1/agent")
    if status != 200:
        refuse(f"the agent cannot be downloaded ({told(status, body)})")
    have = hashlib.sha256(body).hexdigest()
    if have != wanted:
        refuse(f"the agent that {base} sent is not the one it announced (sha256 {have})")
    write(path, body, 0o755)


def enrol():
    path, drone_id, name = rest
    headers = {"authorization": f"Bearer {os.environ['JOIN_TOKEN']}"}
    status, body = ask("/api/v1/enroll", headers, {"id": drone_id, "name": name})
    if status != 200:
        refuse(f"the control plane does not enrol this drone ({told(status, body)})")
    token = json.loads(body).get("token")
    if not isinstance(token, str) or not re.fullmatch("[\x21-\x7e]{8,512}", token):
        refuse("the control plane gave no credential")
    write(path, f"{token}\n".encode(), 0o600)


def whoami():
    headers = {}
    if rest[0]:
        with open(rest[0]) as file:
            headers = {"authorization": f"Bearer {file.read().strip()}"}
    status, body = ask("/api/v1/whoami", headers)
    if status == 401:
        print("token nobody")
        return
    if status != 200:
        refuse(f"{base} does not answer as a control plane does (whoami: {told(status, body)})")
    known = json.loads(body)
    print(known["auth"], known["role"], known.get("drone_id") or "")


try:
    {"health": health, "version": version, "download": download, "enrol": enrol, "whoami": whoami}[what]()
except (OSError, ValueError, KeyError, TypeError) as error:
    refuse(f"{base}: {getattr(error, 'reason', error)}")
SCRIPT
}
