/// bundle.mjs SOURCE OUT TOOLS: makes of the page's sources what a browser is to load: one script, one sheet, names with a
/// hash of their content, everything compressed once for all. TOOLS has the node_modules with esbuild.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, extname, join, relative, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/// Languages that are kept for times without a network only for those who read them.
const for_some = ['german'];

const [source, out, tools] = process.argv.slice(2).map((each) => resolve(each));
const esbuild = createRequire(join(tools, 'package.json'))('esbuild');
const read = (name) => readFileSync(join(source, name), 'utf8');

/// Names as esbuild makes them, `name-7QJ5XKZA.ext`: the server takes those for good for ever (net/http/files).
function hashed(name, content) {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const hash = [...createHash('sha256').update(content).digest().subarray(0, 8)].map((each) => digits[each % 32]).join('');
  const extension = extname(name);
  return `${basename(name, extension)}-${hash}${extension}`;
}

function write(name, content) {
  writeFileSync(join(out, name), content);
  return name;
}

/// `names`: the script and the sheet, by their sources' names; `shared`: what the script needs with them; `later`: what it
/// loads when that is first used.
async function bundle() {
  const { metafile } = await esbuild.build({
    entryPoints: ['main.js', 'style.css'].map((name) => join(source, name)),
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    splitting: true,
    outdir: out,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome111', 'firefox114', 'safari16.4'],
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  const outputs = Object.entries(metafile.outputs).map(([path, output]) => ({ name: basename(path), ...output }));
  const names = {};
  for (const { name, entryPoint = '' } of outputs)
    if (['main.js', 'style.css'].includes(basename(entryPoint))) names[basename(entryPoint)] = name;
  const shared = outputs
    .find(({ name }) => name === names['main.js'])
    .imports.filter(({ kind }) => kind === 'import-statement')
    .map(({ path }) => basename(path));
const at_once = [...Object.values(names), ...shared];
  return { names, shared, later: outputs.map(({ name }) => name).filter((name) => !at_once.includes(name)) };
}

/// The page with the new names in place of the sources'. Each must be named there.
function page(names, shared) {
  let text = read('index.html').replace(/ *<!--.*?-->\n/gs, '').replace(/\n\s+/g, '\n');
  for (const [from, to] of Object.entries(names)) {
    const named = new RegExp(`(?<=(?:src|href)=")${from.replace('.', '\\.')}(?=")`, 'g');
    if (!named.test(text)) throw new Error(`index.html doesn't name ${from}`);
    text = text.replace(named, to);
  }
  // The browser needn't read the script first to know that it needs these.
  const ahead = shared.map((name) => `<link rel="modulepreload" href="${name}" />\n`).join('');
  return text.replace('<link rel="stylesheet"', `${ahead}$&`);
}

async function service_worker(version, files, for_some) {
  const { code } = await esbuild.transform(read('sw.js'), {
    minify: true,
    target: 'es2022',
    define: { BUILT: JSON.stringify({ version, files, for_some }) },
  });
  return code;
}

/// Beside each file its compressed forms, where they are worth it.
function compress() {
  for (const name of readdirSync(out)) {
    const content = readFileSync(join(out, name));
    const br = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } });
    const gz = gzipSync(content, { level: 9 });
    if (br.length < content.length * 0.9) write(`${name}.br`, br);
    if (gz.length < content.length * 0.9) write(`${name}.gz`, gz);
  }
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const { names, shared, later } = await bundle();
// The page has its icon in itself; the manifest and notifications need it by a name.
const icon = read('favicon.svg');
const icon_file = write(hashed('favicon.svg', icon), icon);
const manifest = read('manifest.webmanifest').replaceAll('favicon.svg', icon_file);
names['manifest.webmanifest'] = write(hashed('manifest.webmanifest', manifest), manifest);
const icon_here = `data:image/svg+xml,${icon.replace(/\s+/g, ' ').replace(/[%#"<>]/g, encodeURIComponent)}`;
const text = page({ ...names, 'favicon.svg': icon_here }, shared);
const worker_source = read('sw.js');
const version = createHash('sha256').update(text).update(worker_source).digest('hex').slice(0, 16);
write('index.html', text.replace('<meta charset="utf-8" />', `$&\n<meta name="greenroom-build" content="${version}" />`));
later.push(icon_file);
const at_once = [...Object.values(names), ...shared];
const paths = (list) => list.map((name) => `/${name}`);
const is_for_some = (name) => for_some.some((module) => name.startsWith(`${module}-`));
const for_all = [...at_once, ...later].filter((name) => !is_for_some(name));
write('sw.js', await service_worker(version, paths(for_all), paths(later.filter(is_for_some))));
for (const name of ['openapi.json', 'asyncapi.json']) write(name, read(name));
compress();
const total = (suffix) =>
  ['index.html', ...at_once].reduce((sum, name) => {
    const path = join(out, name + suffix);
    return sum + statSync(existsSync(path) ? path : join(out, name)).size;
  }, 0);
console.log(`The page is bundled in ${relative('.', out)}: ${total('')} bytes, ${total('.br')} on the wire; ${later.join(', ')} later.`);
