// What `npm run types` checks: a program as people write it, against index.d.ts.
import { connect, log_in, memory_storage, refusal, type Entry, type Room } from '../index.js';
import { file_storage } from '../file_storage.js';

const url = 'http://localhost:5000';
const token = await log_in({ url, name: 'ada', password: 'a few words in a row' });
const client = await connect({ url, token: () => token, storage: memory_storage() ?? file_storage('./kept') });
const room: Room = await client.join('lobby', { create: true, from: { generation: null, seq: null } });
room.on('message', (entry: Entry) => void room.react(entry.seq, '👍'));
room.on('gone', (why: refusal) => console.log(why.code, why.by ?? ''));
client.on('state', ({ name, until }) => console.log(name, until));
const sent: Entry = await room.send('hello', { target: 1 });
const { messages } = await room.history({ before: sent.seq, limit: 10 });
console.log(messages.map(({ from, text }) => `${from}: ${text}`), client.own[0]?.unread);
// @ts-expect-error: there is no such event
client.on('message', () => {});
