-- The object knows its prompts by heart, as it knows identities: the index cost a row with each.
DROP INDEX prompts;
