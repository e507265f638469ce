import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

const root = new URL('../../', import.meta.url);
const read = (name) => readFileSync(new URL(name, root), 'utf8');
const documents = { openapi: JSON.parse(read('web/openapi.json')), asyncapi: JSON.parse(read('web/asyncapi.json')) };
const operations = Object.entries(documents.openapi.paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([method]) => ['get', 'post', 'put', 'patch', 'delete'].includes(method))
    .map(([method, operation]) => ({ path, item, method, operation })),
);

/// Every value below `value`, with its key.
function* walk(value, key = '') {
  yield [key, value];
  if (value && typeof value === 'object') for (const [name, inner] of Object.entries(value)) yield* walk(inner, name);
}

function resolve(document, pointer) {
  return pointer
    .slice(2)
    .split('/')
    .reduce((at, step) => at?.[step.replaceAll('~1', '/').replaceAll('~0', '~')], document);
}

test('Specs: every reference leads somewhere', () => {
  for (const [name, document] of Object.entries(documents)) {
    for (const [key, value] of walk(document))
      if (key === '$ref') assert.ok(resolve(document, value), `${name} ${value}`);
  }
});

test('Specs: the error codes are those of the error table', () => {
  const table = [...read('core/error.cpp').matchAll(/error_info\{ec::\w+, "(\w+)"/g)]
    .map(([, word]) => word)
    .filter((word) => word !== 'none');
  assert.deepEqual(documents.openapi.components.schemas.problem.properties.code.enum, table);
  assert.deepEqual(documents.asyncapi.components.messages.server_error.payload.properties.code.enum, table);
});

test("OpenAPI: every operation has a name of its own, says who may, and declares its path's parameters", () => {
  const names = operations.map(({ operation }) => operation.operationId);
  assert.equal(new Set(names).size, names.length);
  for (const { path, item, operation } of operations) {
    assert.ok(Array.isArray(operation.security), path);
    const declared = [...(item.parameters ?? []), ...(operation.parameters ?? [])]
      .filter((each) => each.in === 'path')
      .map(({ name }) => name);
    assert.deepEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort(), declared.sort(), path);
  }
});

test('OpenAPI: whatever is limited says 429, and whatever needs a token says 401', () => {
  for (const { path, operation } of operations) {
    if (['users', 'chat'].includes(operation.tags[0])) assert.ok(operation.responses[429], path);
    if (operation.security.some((each) => each.bearer)) assert.ok(operation.responses[401], path);
  }
});

test('OpenAPI: has every call that the client makes', () => {
  const calls = [...read('clients/js/src/api.js').matchAll(/#call\('(\w+)', (?:'([^']+)'|`([^`]+)`)/g)];
  assert.ok(calls.length >= 10);
  for (const [, method, plain, template] of calls) {
    const path = (plain ?? template).replace(/\$\{query\([^)]*\)\}/, '').replace(/\$\{part\((\w+)\)\}/g, '{$1}');
    assert.ok(documents.openapi.paths[path]?.[method.toLowerCase()], `${method} ${path}`);
  }
});

test('AsyncAPI: has every frame that the client says and hears, and no field that it does not describe', () => {
  const { messages } = documents.asyncapi.components;
  const code = read('clients/js/src/conversation.js') + read('clients/js/src/socket.js');
  const said = [...code.matchAll(/\{ type: '(\w+)'/g)].map(([, type]) => type);
  const heard = [...code.matchAll(/case '(\w+)':/g)].map(([, type]) => type);
  assert.ok(said.length >= 6 && heard.length >= 9);
  for (const type of said) assert.ok(messages[`client_${type}`], type);
  for (const type of heard) assert.ok(messages[`server_${type}`], type);
  for (const [name, { payload, examples = [] }] of Object.entries(messages)) {
    for (const example of examples.filter((each) => typeof each.payload === 'object')) {
      for (const field of Object.keys(example.payload)) assert.ok(payload.properties[field], `${name}.${field}`);
      for (const field of payload.required) assert.ok(field in example.payload, `${name}.${field}`);
    }
  }
});
