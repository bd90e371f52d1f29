/** An OpenAPI document of ours as Markdown. */
import { ERRORS, type ErrorCode } from "../../src/contract/errors.ts";
import { COMMON_ERRORS } from "../../src/http/described-route.ts";

const COMMON: readonly ErrorCode[] = COMMON_ERRORS;

interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  format?: string;
  enum?: unknown[];
  const?: unknown;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
  "x-extensible-enum"?: string[];
}

interface Content {
  [media: string]: { schema: Schema; example?: unknown };
}

interface Operation {
  summary: string;
  description?: string;
  security?: unknown[];
  parameters: {
    in: string;
    name: string;
    description: string;
    required: boolean;
    schema: Schema;
  }[];
  requestBody?: { content: Content };
  responses: Record<
    string,
    { description: string; headers?: Record<string, { description: string }>; content?: Content }
  >;
  "x-example": { request: string; headers?: Record<string, string>; body?: unknown };
  "x-errors": ErrorCode[];
}

export interface ApiDocument {
  info: { version: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const HEADER = `# API reference

Made from the contract (\`src/contract\`) and the descriptions beside the routes (\`src/routes\`) by \`npm run api\`; not to be edited. \`GET /v1/openapi.json\` tells the same as an OpenAPI 3.1 document.
`;

export function renderReference({ info, paths, components }: ApiDocument): string {
  const operations = Object.entries(paths)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        operation,
      })),
    );
  return `${[
    HEADER.trimEnd(),
    info.description,
    "## Routes",
    table(
      ["route", "what it does"],
      operations.map(({ name, operation }) => [
        `[\`${name}\`](#${anchor(name)})`,
        operation.summary,
      ]),
    ),
    "## Errors",
    `Every error has the form of [Error](#error). Every route that asks for a key may answer ${codes(COMMON)}; others stand with the route.`,
    table(
      ["code", "status", "cause", "what to do"],
      Object.entries(ERRORS).map(([code, { status, cause, remedy }]) => [
        `\`${code}\``,
        String(status),
        cause,
        remedy,
      ]),
    ),
    ...operations.flatMap(({ name, operation }) => renderOperation(name, operation)),
    "## Schemas",
    ...Object.entries(components.schemas)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, schema]) => [`### ${name}`, ...renderSchema(schema)]),
  ].join("\n\n")}\n`;
}

function renderOperation(name: string, operation: Operation): string[] {
  const { summary, description, parameters, requestBody } = operation;
  const [status, success] = Object.entries(operation.responses)[0] ?? ["200", undefined];
  const body = Object.values(requestBody?.content ?? {})[0];
  const [media, answer] = Object.entries(success?.content ?? {})[0] ?? [];
  return [
    `## ${name}`,
    `${summary}.${description === undefined ? "" : ` ${description}`}${operation.security?.length === 0 ? " Needs no key." : ""}`,
    ...(parameters.length === 0
      ? []
      : [
          table(
            ["parameter", "in", "", "what it is"],
            parameters.map((parameter) => [
              `\`${parameter.name}\``,
              parameter.in,
              [parameter.required ? "required" : "", typeOf(parameter.schema)]
                .filter((part) => part !== "")
                .join(", "),
              parameter.description,
            ]),
          ),
        ]),
    ...(body === undefined ? [] : ["**Body**", ...renderSchema(body.schema)]),
    `**Answer** (${status}${media === "application/json" ? "" : `, ${media}`})`,
    ...(answer === undefined ? [] : renderSchema(answer.schema)),
    ...renderHeaders(success?.headers ?? {}),
    `**Errors**: ${codes(operation["x-errors"].filter((code) => !COMMON.includes(code)))}`,
    "**Example**",
    renderExample(name, operation, answer?.example),
  ].filter((part) => part !== "**Errors**: ");
}

function codes(listed: readonly ErrorCode[]): string {
  return listed.map((code) => `\`${code}\` (${ERRORS[code].status})`).join(", ");
}

function renderHeaders(headers: Record<string, { description: string }>): string[] {
  const told = Object.entries(headers).filter(([name]) => name !== "X-Request-Id");
  if (told.length === 0) return [];
  return [
    table(
      ["header of the answer", "what it is"],
      told.map(([name, { description }]) => [`\`${name}\``, description]),
    ),
  ];
}

function renderExample(name: string, operation: Operation, answer: unknown): string {
  const [method = ""] = name.split(" ");
  const { request, headers = {}, body } = operation["x-example"];
  const lines = [
    `${method} ${request}`,
    ...Object.entries(headers).map(([header, value]) => `${header}: ${value}`),
    ...(body === undefined ? [] : ["", JSON.stringify(body, null, 2)]),
  ];
  const shown = typeof answer === "string" ? answer.trimEnd() : JSON.stringify(answer, null, 2);
  return `${fenced("http", lines.join("\n"))}\n\n${fenced(typeof answer === "string" ? "text" : "json", shown)}`;
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

/** A schema's description, and its members as a table. */
function renderSchema(schema: Schema): string[] {
  const { properties, required = [] } = schema;
  const described = schema.description === undefined ? [] : [schema.description];
  const inner = schema.anyOf ?? schema.oneOf;
  if (properties === undefined) {
    const objects = (inner ?? []).filter((one) => one.properties !== undefined);
    if (objects.length === 0) return [...described, typeOf(schema)];
    return [...described, "One of these:", ...(inner ?? []).flatMap(renderSchema)];
  }
  return [
    ...described,
    table(
      ["member", "type", "what it is"],
      membersOf(properties, required).map(([name, type, text]) => [`\`${name}\``, type, text]),
    ),
  ];
}

/** Members with those of unnamed objects in them, such as `error.code`. */
function membersOf(
  properties: Record<string, Schema>,
  required: readonly string[],
): [string, string, string][] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const type = typeOf(schema) + (required.includes(name) ? "" : ", optional");
    const row: [string, string, string] = [name, type, schema.description ?? ""];
    const list = schema.properties === undefined && schema.items?.properties !== undefined;
    const nested = list ? schema.items : schema;
    if (nested?.properties === undefined) return [row];
    return [
      row,
      ...membersOf(nested.properties, nested.required ?? []).map(
        ([inner, ...rest]): [string, string, string] => [
          `${name}${list ? "[]" : ""}.${inner}`,
          ...rest,
        ],
      ),
    ];
  });
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split("/").pop() ?? "";
    return `[${name}](#${anchor(name)})`;
  }
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(", ");
  const known = schema["x-extensible-enum"];
  if (known !== undefined) return `${known.map(code).join(", ")}; more may come`;
  const parts = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (parts !== undefined) return [...new Set(parts.map(typeOf))].join(" or ");
  if (schema.type === "array") {
    const most = schema.maxItems === undefined ? "" : `, at most ${schema.maxItems}`;
    return `list of ${typeOf(schema.items ?? {})}${most}`;
  }
  if (typeof schema.additionalProperties === "object" && schema.properties === undefined) {
    return `object of ${typeOf(schema.additionalProperties)}`;
  }
  const name = [schema.type ?? "any JSON"].flat().join(" or ");
  if (schema.format === "date-time") return name.replace("string", "ISO time");
  return schema.maxLength === undefined ? name : `${name}, at most ${schema.maxLength} characters`;
}

function code(value: unknown): string {
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

/** As GitHub makes anchors of headings. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^a-z0-9 _-]/g, "")
    .replaceAll(" ", "-");
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
