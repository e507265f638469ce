import assert from 'node:assert/strict';
import test from 'node:test';
import { with_links } from '../../web/links.js';

const hrefs = (text) =>
  with_links(text)
    .filter(({ href }) => href)
    .map(({ href }) => href);

test('Links: only http and https, without the punctuation behind them', () => {
  assert.deepEqual(hrefs('see https://a.example/x?y=1#z, or (http://b.example/c).'), [
    'https://a.example/x?y=1#z',
    'http://b.example/c',
  ]);
  assert.deepEqual(hrefs('javascript:alert(1) ftp://x data:text/html,x https:// www. wwww.a.example'), []);
});

test('Links: brackets that were opened in an address belong to it, others do not', () => {
  for (const address of [
    'https://en.example/wiki/Room_(house)',
    'https://en.example/wiki/C_(programming_language)',
    'https://en.example/wiki/Rubik\'s_Cube',
    'https://a.example/(a)_(b)',
    'https://a.example/x[1]',
  ]) {
    assert.deepEqual(hrefs(address), [address]);
    assert.deepEqual(hrefs(`(${address})`), [address]);
    assert.deepEqual(hrefs(`“${address}”, ‘${address}’.`), [address, address]);
  }
  assert.deepEqual(hrefs('((https://a.example/b))'), ['https://a.example/b']);
});

test('Links: what no address has ends it', () => {
  for (const end of ['”', '、', '。', '，', '）', '」', '\u200b日本', '\u202e', '"x', '>'])
    assert.deepEqual(hrefs(`https://a.example/b${end}`), ['https://a.example/b'], end);
});

test('Links: www begins one, but not within a word or an address', () => {
  assert.deepEqual(with_links('see www.example.com.'), [
    { text: 'see ' },
    { text: 'www.example.com', href: 'https://www.example.com' },
    { text: '.' },
  ]);
  assert.deepEqual(hrefs('mail@www.example.com xwww.example.com'), []);
  assert.deepEqual(hrefs('https://a.example/?to=www.b.example'), ['https://a.example/?to=www.b.example']);
});

test('Links: the parts together are the text', () => {
  for (const text of [
    '',
    'plain',
    'https://a.example',
    'a https://a.example. b http://b.example!',
    '<b>https://a.example</b>',
    'www.a.example)))',
  ]) {
    assert.equal(
      with_links(text)
        .map((part) => part.text)
        .join(''),
      text,
    );
  }
});
