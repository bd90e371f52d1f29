/** Prompts that Claude Code writes itself: what became of a task in the background. */

const NOTICE_OPEN = "<task-notification>";
const NOTICE_CLOSE = "</task-notification>";
/** Claude Code adds where to read on; that is no request either. */
const NOTICE_HINT = /^Read the output file[^\n]{0,2000}$/;

const TASK_ID = /<task-id>([^<\s]{1,200})<\/task-id>/g;

/** Ids of the tasks that a notice tells of. */
export function tasksOf(notice: string): string[] {
  return [...notice.matchAll(TASK_ID)].flatMap(([, id]) => id ?? []);
}

/** True for a prompt that consists of notices only. */
export function isNotice(prompt: string): boolean {
  let rest = prompt.trim();
  if (!rest.startsWith(NOTICE_OPEN)) return false;
  while (rest.startsWith(NOTICE_OPEN)) {
    const end = rest.indexOf(NOTICE_CLOSE);
    if (end < 0) return false;
    rest = rest.slice(end + NOTICE_CLOSE.length).trimStart();
  }
  return rest === "" || NOTICE_HINT.test(rest);
}
