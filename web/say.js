/// What the page says, by key: the client's `say`, which knows the page's sentences, too.

import { say, teach } from '../clients/js/src/saying.js';
import { english } from './english.js';

teach(english);

export { say };
