/**
 * The control plane answered, and said no (or said something that this client does not understand).
 * `message` is the answer's `{error}` where it has one; `body` is the whole answer, parsed if it was JSON.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, message: string, body: unknown, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.body = body;
  }
}
