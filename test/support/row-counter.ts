/**
 * Counts what an object's storage is billed for: rows read and written of each statement as its
 * cursor tells them, and one row for each alarm that is set. Attached to a live object from
 * outside, so that nothing of it is in the product.
 */
import { runInDurableObject } from "cloudflare:test";

export interface Cost {
  rowsWritten: number;
  rowsRead: number;
  /** Alarms set; each one is billed as a row written. */
  alarms: number;
  /** `<table> <verb>` -> rows written by such statements. */
  statements: Record<string, number>;
}

type Cursor = SqlStorageCursor<Record<string, SqlStorageValue>>;

const CHANGE = /^\s*(INSERT|UPDATE|DELETE)(?: OR \w+)?(?: INTO| FROM)?\s+(\w+)/i;

export class RowCounter {
  readonly #cursors: { sql: string; cursor: Cursor }[] = [];
  #alarms = 0;

  /** Counts all that this object does from now on, while it stays in memory. */
  async attach<T extends Rpc.DurableObjectBranded>(stub: DurableObjectStub<T>): Promise<void> {
    await runInDurableObject(stub, (_, state) => {
      const { storage } = state;
      const exec = storage.sql.exec.bind(storage.sql);
      const setAlarm = storage.setAlarm.bind(storage);
      const counted = (sql: string, ...values: unknown[]): Cursor => {
        const cursor = exec(sql, ...values);
        this.#cursors.push({ sql, cursor });
        return cursor;
      };
      Object.defineProperty(storage.sql, "exec", { value: counted });
      Object.defineProperty(storage, "setAlarm", {
        value: (at: number | Date) => {
          this.#alarms += 1;
          return setAlarm(at);
        },
      });
    });
  }

  total(): Cost {
    const cost: Cost = { rowsWritten: 0, rowsRead: 0, alarms: this.#alarms, statements: {} };
    for (const { sql, cursor } of this.#cursors) {
      cost.rowsRead += cursor.rowsRead;
      if (cursor.rowsWritten === 0) continue;
      cost.rowsWritten += cursor.rowsWritten;
      const [, verb, table] = CHANGE.exec(sql) ?? [null, "", "schema"];
      const statement = `${table} ${verb?.toLowerCase()}`.trim();
      cost.statements[statement] = (cost.statements[statement] ?? 0) + cursor.rowsWritten;
    }
    return cost;
  }
}
