/** A build's number, given once and never again. It is the fencing token: only the current attempt
 * of a package may add logs, upload or report. */
export type AttemptId = number;
/** What a drone calls itself for ever, usually its machine id. */
export type DroneId = string;
export type SessionId = string;
/** Row number in the queue. */
export type QueueId = number;
