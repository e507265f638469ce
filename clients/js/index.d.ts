/** Where unsent messages are kept: `localStorage`, `memory_storage()`, `file_storage(folder)`, or anything like them. */
export interface Keeps {
  readonly length: number;
  key(place: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface ConnectOptions {
  /** Where the gateway is: `https://chat.example.org`. */
  url: string;
  /** The user's token, or what returns it. */
  token: string | (() => string);
  /** The user's name, where it is known: then nothing is asked first. */
  user?: string;
  /** Without it `localStorage` where there is one, else memory. */
  storage?: Keeps;
  /** Another constructor than the global one. Node has none before version 22: that of the package `ws` does. */
  WebSocket?: unknown;
  fetch?: typeof globalThis.fetch;
}

/** Connects as the user whose token this is; goes on trying while the server is away. */
export function connect(options: ConnectOptions): Promise<Client>;

/** A token for a name and its password. */
export function log_in(options: {
  url: string;
  name: string;
  password: string;
  fetch?: typeof globalThis.fetch;
}): Promise<string>;

/** Storage that is gone with the program. */
export function memory_storage(): Keeps;

/** What stands in a room's log: without `kind`, or `text`, `notice`, `action`, somebody's words; else an act. */
export interface Entry {
  seq: number;
  from: string;
  text: string;
  /** When, as ISO 8601. */
  at: string;
  kind?: string;
  target?: number;
  user?: string;
  reason?: string;
  until?: string;
  role?: Role;
  settings?: Record<string, unknown>;
  edited?: { seq: number; at: string };
  reactions?: { text: string; count: number; mine: boolean }[];
  pinned?: boolean;
}

export type Role = 'member' | 'moderator' | 'owner';
export type Access = 'open' | 'invited' | 'private';

/** How far a program is in a room. */
export interface Position {
  generation: string | null;
  seq: number | null;
}

export interface ConnectionState {
  name: 'stopped' | 'connecting' | 'open' | 'waiting';
  words?: string;
  /** When it is tried again, in milliseconds since 1970. */
  until?: number;
  /** Whether the token isn't good any more. */
  sign_in?: boolean;
}

export interface OwnRoom {
  room: string;
  access: Access;
  generation: string;
  head: number;
  read: number;
  unread: number;
  mentions: number;
  role: Role;
  notify: 'all' | 'mentions' | 'none';
  direct?: string[];
  last?: Pick<Entry, 'seq' | 'from' | 'text' | 'at'>;
}

export interface Unsent {
  room: string;
  id: string;
  text: string;
  state: 'pending' | 'failed';
}

export interface ClientEvents {
  state: [state: ConnectionState];
  /** This user is a member of a room now, or isn't any more; or something was done to them. */
  added: [news: { room: string; by: string }];
  removed: [news: { room: string; by: string; reason: string; text?: string }];
  notice: [news: { room: string; by: string; text: string; until?: string; role?: Role }];
  /** `own` may be another list now. */
  synced: [];
  /** A message of an earlier run will not be sent. */
  refused: [what: { room: string; text: string; error: refusal }];
}

export interface Client {
  /** The user's name. */
  readonly me: string;
  readonly state: ConnectionState['name'];
  /** The rooms that were joined here. */
  readonly rooms: Room[];
  /** The rooms that this user is a member of, wherever they were entered. */
  readonly own: OwnRoom[];
  /** Messages that the server has not acknowledged. */
  readonly unsent: Unsent[];
  /** The calls over HTTP. */
  readonly api: api_client;
  on<Name extends keyof ClientEvents>(name: Name, listener: (...what: ClientEvents[Name]) => void): () => void;
  /** Enters a room: resolves once it is joined. */
  join(name: string, options?: { create?: boolean; from?: Position }): Promise<Room>;
  /** The direct room with one person, or a new group with several, joined. */
  direct(...people: string[]): Promise<Room>;
  /** Ends the connection. What isn't acknowledged stays in the storage. */
  close(): void;
}

export interface RoomEvents {
  /** Somebody's words, one's own too: in order, each once, none left out. */
  message: [entry: Entry];
  /** All that stands in the log: words and acts. */
  entry: [entry: Entry];
  typing: [names: string[]];
  people: [names: string[]];
  /** It is another room under the same name, which goes on at its head. */
  anew: [];
  gone: [why: refusal];
}

export interface Room {
  readonly name: string;
  readonly state: 'away' | 'joining' | 'joined' | 'gone';
  /** The newest messages as they are by now, 400 at most. */
  readonly messages: Entry[];
  readonly head: number;
  /** How far the events are: given to `join` as `from`, they go on there. */
  readonly position: Position;
  readonly unread: number;
  readonly mentions: number;
  readonly people: string[];
  readonly access: Access;
  readonly title: string;
  readonly topic: string;
  readonly role: Role | null;
  on<Name extends keyof RoomEvents>(name: Name, listener: (...what: RoomEvents[Name]) => void): () => void;
  /** Says something: resolves to its entry once it is stored. */
  send(text: string, options?: { target?: number }): Promise<Entry>;
  /** Does something else: `kind` and that kind's fields. Null where nothing changed. */
  act(what: { kind: string; [field: string]: unknown }): Promise<Entry | null>;
  edit(target: number, text: string): Promise<Entry | null>;
  erase(target: number, reason?: string): Promise<Entry | null>;
  react(target: number, text: string): Promise<Entry | null>;
  unreact(target: number, text: string): Promise<Entry | null>;
  pin(target: number): Promise<Entry | null>;
  unpin(target: number): Promise<Entry | null>;
  /** One page of the log, ascending. */
  history(range?: { before?: number; after?: number; limit?: number }): Promise<{ messages: Entry[]; more: boolean; as_of: number }>;
  /** Everything up to that number is read; without it, everything. */
  read(seq?: number): void;
  typing(is_typing?: boolean): void;
  leave(): void;
}

interface Why {
  readonly code: string;
  readonly detail: string;
  readonly retry_after: number;
  readonly by?: string;
  readonly why?: string;
  readonly until?: string;
}

/** What the server refused in a room: the message is a sentence for people. */
export class refusal extends Error implements Why {
  constructor(error: Partial<Why>);
  readonly code: string;
  readonly detail: string;
  readonly retry_after: number;
  readonly by?: string;
  readonly why?: string;
  readonly until?: string;
}

/** What the server refused over HTTP; `status` 0 where there was no answer. */
export class api_error extends Error implements Why {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly retry_after: number;
  readonly by?: string;
  readonly why?: string;
  readonly until?: string;
  readonly request_id: string;
}

/** An error as a sentence for people. */
export function plain(error: Partial<Why> & { status?: number }, now?: Date): string;

/** The calls over HTTP that a client makes; each rejects with an `api_error`. */
export class api_client {
  constructor(options?: { base?: string; token?: () => string | null | undefined; fetch?: typeof globalThis.fetch; patience?: number });
  register(name: string, password: string): Promise<{ user_id: string; warnings?: string[] }>;
  login(name: string, password: string): Promise<{ token: string; user_id: string; expires_at: string }>;
  verify(): Promise<{ user_id: string }>;
  logout(): Promise<unknown>;
  create_room(room: string, options?: { is_private?: boolean; members?: string[] }): Promise<{ room: string }>;
  delete_room(room: string): Promise<unknown>;
  rooms(after?: string | null, options?: { limit?: number | null }): Promise<{ rooms: { room: string; access: Access; owner: string }[]; next: string | null }>;
  room(room: string): Promise<{ room: string; access: Access; owner: string; title: string; topic: string; head: number; [field: string]: unknown }>;
  members(room: string, after?: string | null): Promise<{ members: string[]; roles: Record<string, Role>; next: string | null }>;
  invite(room: string, user: string): Promise<unknown>;
  remove(room: string, user: string): Promise<unknown>;
  open_direct(people: string[]): Promise<{ room: string; created: boolean }>;
  history(room: string, range: { before?: number | null; after?: number | null; limit?: number }): Promise<{ messages: Entry[]; more: boolean; as_of: number }>;
}
