/// The fixed texts of index.html in German.

export const german_fixed = {
  skip: 'Zum Nachrichtenfeld springen',

  // ---- die Anmeldung
  sign_in: 'Anmelden',
  lead: 'Räume für Gespräche. Nichts, was du sendest, geht verloren.',
  name: 'Name',
  password: 'Passwort',
  password_hint: 'Gut ist eines mit mindestens 12 Zeichen. Ein paar Wörter hintereinander gehen auch.',
  remember: 'Auf diesem Gerät angemeldet bleiben',
  new_here: 'Neu hier?',
  create_account: 'Konto anlegen',

  // ---- die Räume
  rooms: 'Räume',
  rooms_close: 'Die Liste der Räume schließen',
  find_room: 'Raum finden',
  create_room: 'Raum anlegen',
  rooms_mine: 'Deine Räume',
  rooms_mine_none: 'Noch keine. Betritt unten einen oder lege selbst einen an.',
  rooms_more: 'Weitere Räume',
  show_more: 'Mehr zeigen',
  your_account: 'Dein Konto',
  sign_out: 'Abmelden',
  topic_change: 'Thema ändern',
  pick_room: 'Wähle einen Raum',
  pick_room_words: 'Die Lobby ist offen für alle. Eigene Räume können offen sein, oder privat für die, die du einlädst.',
  enter_lobby: 'Lobby betreten',

  // ---- das Gespräch
  messages: 'Nachrichten',
  latest: 'Neueste',
  write_message: 'Nachricht schreiben',
  message: 'Nachricht',
  send: 'Senden',
  shift: 'Umschalt',
  enter_sends: 'sendet',
  enter_line: 'beginnt eine Zeile',

  // ---- die Menschen
  people: 'Menschen',
  people_show: 'hier: Menschen zeigen',
  people_close: 'Die Liste der Menschen schließen',
  here_title: 'Jetzt hier',
  members: 'Mitglieder',
  add_someone: 'Jemanden hinzufügen',
  add: 'Hinzufügen',
  this_room: 'Dieser Raum',
  settings: 'Einstellungen',
  invite_links: 'Einladungslinks',
  sanctions: 'Aussperrungen und Stummschaltungen',
  audit: 'Was getan wurde',
  leave_room: 'Raum verlassen',
  delete_room: 'Raum löschen',

  // ---- ein neuer Raum
  room_example: 'gartenverein',
  private_hint: 'Privat: Nur Mitglieder können ihn finden und lesen',
  names_example: 'ann, bob',
  names_hint: 'Namen, mit Komma oder Leerzeichen dazwischen. Du bist ohnehin Mitglied und kannst später andere einladen.',
  cancel: 'Abbrechen',
  create: 'Anlegen',
};
