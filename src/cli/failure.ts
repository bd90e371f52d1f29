/** What ends a command with a message for a person and exit code 1, and no stack trace. */
export class Failure extends Error {}
