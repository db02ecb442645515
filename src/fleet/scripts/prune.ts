/** What \`emerge --depclean\` would remove: one atom a line, exact versions. Changes nothing. */
export const PRUNE_LIST_SCRIPT = `set -u
LC_ALL=C
export LC_ALL

main() {
	listed=$(emerge --ask=n --color=n --nospinner --pretend --verbose=n --depclean 2>&1 </dev/null) || {
		printf '%s\\n' "$listed" >&2
		exit 1
	}
	printf '%s\\n' "$listed" | sed -n 's/^All selected packages: *//p' | tr -s ' ' '\\n'
}

main "$@"
`;

/** Removes those of the named packages that nothing needs. Its arguments are what somebody has agreed to. */
export const PRUNE_SCRIPT = `set -u
LC_ALL=C
export LC_ALL

main() {
	exec emerge --ask=n --color=n --nospinner --depclean "$@" </dev/null
}

main "$@"
`;
