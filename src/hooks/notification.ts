/** Prompts that nobody typed. */

const NOTIFICATION = /^\s*(?:<task-notification\b[^>]*>[\s\S]*?<\/task-notification>\s*)+$/;
const OPENING = /^\s*<task-notification\b/;

/**
 * True for a prompt that is only an agent's own notice (`<task-notification>…`): it is counted,
 * but it is no request and gets no summary of its own.
 */
export function isNotificationPrompt(text: string): boolean {
  // A notice may have been cut at its end.
  return OPENING.test(text) && (NOTIFICATION.test(text) || !text.includes("</task-notification>"));
}
