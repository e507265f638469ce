// Rolls dice for whoever asks: `!roll 20`. Goes on where it was, and answers each request once.
// node bot.js, with GREENROOM_URL, GREENROOM_TOKEN, and a ROOM
import { connect } from 'greenroom-client';
import { file_storage } from 'greenroom-client/file_storage';

const { GREENROOM_URL: url, GREENROOM_TOKEN: token, ROOM = 'lobby', FOLDER = './bot' } = process.env;
const storage = file_storage(FOLDER);
const client = await connect({ url, token, storage });
const room = await client.join(ROOM, { create: true, from: JSON.parse(storage.getItem('position')) ?? undefined });
room.on('message', async ({ from: name, text, seq }) => {
  const [, sides] = text.match(/^!roll (\d{1,4})$/) ?? [];
  if (sides) room.send(`${name}: ${1 + Math.floor(Math.random() * sides)}`, { target: seq });
  storage.setItem('position', JSON.stringify(room.position));
});
client.on('state', ({ name, words = '' }) => console.error(name, words));
