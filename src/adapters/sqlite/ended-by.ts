import { INFRASTRUCTURE_CLASSES } from '../../core/failure-class.ts';

/** Drones whose attempts at a row `q` of the queue ended like this since its failures were last forgotten, as a JSON list. */
const endedBy = (states: string): string => `(SELECT json_group_array(DISTINCT a.drone_id) FROM attempts a
  WHERE a.queue_id = q.id AND a.state IN (${states}) AND a.id > q.failures_since)`;

/** For sweepers, of which there may be only one: what it gave back it may get again. */
export const FAILED_BY = endedBy("'failed', 'reclaimed'");
/** Who gave it back gets it again only when nobody else could take it. */
export const AVOIDED_BY = endedBy("'failed', 'reclaimed', 'returned'");

/** Those of them whose failures count against the package. */
export const BLAMED_BY = `(SELECT json_group_array(DISTINCT a.drone_id) FROM attempts a
  WHERE a.queue_id = q.id AND a.state = 'failed' AND a.id > q.failures_since
    AND a.failure_class NOT IN (${INFRASTRUCTURE_CLASSES.map((name) => `'${name}'`).join(', ')}))`;
