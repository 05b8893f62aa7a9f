import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { html } from '../../../src/report/html/markup.js';

test('text is escaped, markup and lists of it are not', () => {
  const name = `<script>alert("x")</script> & 'y'`;
  const escaped = '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;';
  assert.is(html`<p title="${name}">${html`<b>${name}</b>`}</p>`.markup, `<p title="${escaped}"><b>${escaped}</b></p>`);
  assert.is(html`<ul>${[html`<li>1</li>`, html`<li>${2}</li>`]}</ul>`.markup, '<ul><li>1</li><li>2</li></ul>');
  assert.is(html`${null}${undefined}${false}${['<', '>']}`.markup, '&lt;&gt;');
  assert.is(html`${'a\u0007b'}`.markup, 'a\\u0007b', 'control characters are shown');
});

test.run();
