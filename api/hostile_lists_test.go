package api

// The lists of hostile texts, written for this project. Each is sent to every
// place that takes a text: see hostile_test.go.

// hostileSQL would be seen by an error, by more or fewer rows, by what is
// stored, or by ten seconds that an answer takes longer.
var hostileSQL = []string{
	`'`, `''`, `"`, "`", `\`, `\'`, `';`, `")`, `'))`, `'||'`, `' OR '1'='1`, `" OR "1"="1`, `' OR 1=1--`, `' OR 1=1#`, `' OR 1=1/*`, `') OR ('1'='1`, `1 OR 1=1`, `1) OR (1=1`,
	`' OR TRUE--`, `x' OR email_key LIKE '%`, `admin'--`, `admin'/*`, `' AND 1=0--`, `' AND '1'='2`, `-1' UNION SELECT NULL--`, `' UNION SELECT NULL,NULL,NULL--`,
	`' UNION ALL SELECT password_hash,email,id FROM accounts--`, `' UNION SELECT sql FROM sqlite_master--`, `' UNION SELECT table_name FROM information_schema.tables--`,
	`' UNION SELECT version()--`, `' UNION SELECT sqlite_version()--`, `'; DROP TABLE accounts;--`, `"; DELETE FROM profiles;--`, `1; UPDATE accounts SET role='admin'`,
	`'; UPDATE accounts SET role='admin' WHERE '1'='1`, `', role='admin`, `'; INSERT INTO grants DEFAULT VALUES;--`, `'; ATTACH DATABASE '/tmp/x' AS x;--`, `'; COPY accounts TO '/tmp/x';--`,
	`'; PRAGMA writable_schema=1;--`, `'; SELECT pg_sleep(10);--`, `' || pg_sleep(10)--`, `' AND 1=(SELECT 1 FROM pg_sleep(10))--`, `1 AND pg_sleep(10) IS NULL`, `(SELECT pg_sleep(10))`,
	`' AND LENGTH(HEX(RANDOMBLOB(500000000)))>0--`, `1 AND 1=LIKE('ABCDEFG',UPPER(HEX(RANDOMBLOB(250000000))))`, `'; SELECT randomblob(999999999);--`,
	`' AND (WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM r) SELECT count(*) FROM r)>0--`, `' AND 1=(SELECT COUNT(*) FROM generate_series(1,1000000000))--`,
	`'; WAITFOR DELAY '0:0:10'--`, `' AND SLEEP(10)--`, `%`, `_`, `%%`, `a%' ESCAPE '`, `\%`, `[a-z]%`, `%' OR 'a' LIKE '%`, `name; DROP TABLE rounds`, `id DESC, (SELECT 1)`, `1 ASC--`,
	`(CASE WHEN 1=1 THEN id ELSE name END)`, `name,(SELECT pg_sleep(10))`, `random()`, `1/0`, `$1`, `$$ OR 1=1 $$`, `?`, `:id`, `@id`, `{"$ne":null}`, `$.a' OR 1=1--`, `settings->>'a' OR TRUE`,
	`'#>>'{}`, `0x27204f5220313d31`, `X'27'`, `CHR(39)||CHR(39)`, `CHAR(39,32,79,82)`, `%27%20OR%201=1--`, `%2527`, `\u0027 OR 1=1`, "\u02bc OR 1=1--", "\uff07 OR \uff071\uff07=\uff071", "\u2019 OR 1=1--",
	"a\x00' OR 1=1--", "'\x00", "' OR\t1=1--", "'/**/OR/**/1=1--", "'\nOR\n1=1--", `E'\x27'`, `U&'\0027'`, `'+(SELECT 'a')+'`, `' IS NOT NULL--`, `' COLLATE NOCASE--`, `' GLOB '*`, `' REGEXP '.*`,
	`NULL`, `1e309`, `9223372036854775808`, `' HAVING 1=1--`, `' GROUP BY id--`, `' LIMIT 1 OFFSET 1--`, `' RETURNING *--`, `' ON CONFLICT DO NOTHING--`, `lo_import('/etc/passwd')`, `load_extension('x')`,
}

// hostileHeaders would split a header of an answer or of a mail, add one, or
// begin another part of a mail.
var hostileHeaders = []string{
	"a\r\nX-Injected: 1", "a\nX-Injected: 1", "a\rX-Injected: 1", "a\r\n\r\n<script>", "a\r\n X-Injected: 1", "a\r\n\tX-Injected: 1", "\r\nX-Injected: 1", "\nX-Injected: 1", "a\r\nSet-Cookie: puente=x",
	"a\nSet-Cookie: x=y; Path=/", "a\r\nLocation: https://elsewhere.example", "a\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK", "a\r\nContent-Type: text/html", "a%0d%0aX-Injected:%201", "a%0aX-Injected:1", "a%0DX-Injected: 1",
	"a%E5%98%8A%E5%98%8DX-Injected: 1", "a\u560a\u560dX-Injected: 1", "a\u010a\u010dX-Injected: 1", "a\u2028X-Injected: 1", "a\u2029X-Injected: 1", "a\u0085X-Injected: 1", "a\x0bX-Injected: 1", "a\x0cX-Injected: 1",
	"a\x00\r\nX-Injected: 1", "a\\r\\nX-Injected: 1", "a&#13;&#10;X-Injected: 1", "lucia@example.org\r\nBcc: x@elsewhere.example", "lucia@example.org\nCc: x@elsewhere.example", "lucia@example.org%0ABcc:x@elsewhere.example",
	"lucia@example.org,x@elsewhere.example", "lucia@example.org;x@elsewhere.example", "Lucia <x@elsewhere.example>", `"lucia@example.org\r\n" <x@elsewhere.example>`, "lucia@example.org>\r\nRCPT TO:<x@elsewhere.example",
	"lucia@example.org\r\n.\r\nMAIL FROM:<x@elsewhere.example>", "a\r\n.\r\nDATA", "a\r\nSubject: other", "a\r\nFrom: x@elsewhere.example", "a\r\nReply-To: x@elsewhere.example", "=?utf-8?q?a=0d=0aX-Injected:_1?=",
	"=?utf-8?b?YQ0KWC1JbmplY3RlZDogMQ==?=", "=?utf-7?q?+AA0ACg-X-Injected?=", "a\r\n--boundary\r\nContent-Type: text/html\r\n\r\n<b>", "a\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+", "a\r\nMIME-Version: 2.0",
	`a"; filename="evil.exe`, `a"; filename*=UTF-8''evil.exe`, "a.json\r\nX-Injected: 1", "../../etc/passwd", `..\..\evil.exe`, "a\u202eexe.nosj", "a;b=c", `a"b`, "a'b", "a\tb", "a, b: c", "(comment) a", "a\x7fb", "a\x1b[31mb",
}

// hostileScripts would run, or would make an element or an attribute that is
// not ours.
var hostileScripts = []string{
	`<script>P()</script>`, `<SCRIPT SRC=//elsewhere.example/x.js></SCRIPT>`, `<scr<script>ipt>P()</script>`, `<script/x>P()</script>`, `</script><script>P()</script>`, `<script>P()//`, `<script type=module>P()</script>`,
	`<img src=x onerror=P()>`, `<img/src=x/onerror=P()>`, `<IMG SRC="javascript:P()">`, `<img src=//elsewhere.example/i.png>`, `<img srcset="//elsewhere.example/i.png 1x">`, "<img src=`x`onerror=P()>", `<img src='x'onerror='P()'`,
	`<svg onload=P()>`, `<svg/onload=P()//`, `<svg><script>P()</script></svg>`, `<svg><animate onbegin=P() attributeName=x dur=1s>`, `<svg><set attributeName=onmouseover to=P()>`, `<svg><a xlink:href="javascript:P()"><text>x</text></a></svg>`,
	`<svg><use href="data:image/svg+xml,<svg id=x onload=P()/>#x"></svg>`, `<svg><foreignObject><body onload=P()></foreignObject></svg>`, `<svg><style><img src=x onerror=P()></style></svg>`,
	`<body onload=P()>`, `<body onpageshow=P()>`, `<input autofocus onfocus=P()>`, `<select autofocus onfocus=P()>`, `<textarea autofocus onfocus=P()>`, `<details open ontoggle=P()>`, `<video><source onerror=P()></video>`,
	`<video src=x onerror=P()>`, `<audio src=x onerror=P()>`, `<marquee onstart=P()>`, `<iframe src="javascript:P()">`, `<iframe srcdoc="<script>parent.P()</script>">`, `<object data="javascript:P()">`, `<embed src="javascript:P()">`,
	`<form action="javascript:P()"><button>x</button></form>`, `<button formaction="javascript:P()">x</button>`, `<a href="javascript:P()">x</a>`, `<a href="jav&#x09;ascript:P()">x</a>`, `<a href=" javascript:P()">x</a>`,
	`<a href="data:text/html,<script>P()</script>">x</a>`, `<a href="vbscript:P()">x</a>`, `<base href="//elsewhere.example/">`, `<meta http-equiv=refresh content="0;url=//elsewhere.example/">`, `<meta http-equiv="Content-Security-Policy" content="">`,
	`<link rel=stylesheet href=//elsewhere.example/x.css>`, `<link rel=prefetch href=//elsewhere.example/x>`, `<style>@import '//elsewhere.example/x.css';</style>`, `<style>*{background:url(//elsewhere.example/x)}</style>`,
	`<div style="background:url(//elsewhere.example/x)">`, `<div style="width:expression(P())">`, `<p onclick=P()>`, `<p onpointerenter=P()>`, `<p id=x tabindex=1 onfocus=P()>`, `<xss style="animation-name:x" onanimationstart=P()>`,
	`"onmouseover="P()`, `" autofocus onfocus="P()`, `' autofocus onfocus='P()`, `"><script>P()</script>`, `'><script>P()</script>`, `"/><img src=x onerror=P()>`, `></option></select><img src=x onerror=P()>`, `</textarea><script>P()</script>`,
	`</title><script>P()</script>`, `</style><script>P()</script>`, `</noscript><script>P()</script>`, `--><script>P()</script>`, `<!--><script>P()</script>`, `<!-- <img src="--><img src=x onerror=P()>">`, `<![CDATA[><script>P()</script>]]>`,
	`<?xml version="1.0"?><script>P()</script>`, `<!DOCTYPE x [<!ENTITY y "<script>P()</script>">]>`, `javascript:P()`, `JaVaScRiPt:P()`, "java\tscript:P()", "\x01javascript:P()", `javascript&colon;P()`, `data:text/html;base64,PHNjcmlwdD5QKCk8L3NjcmlwdD4=`,
	`//elsewhere.example`, `{{P()}}`, `{{constructor.constructor('P()')()}}`, `${P()}`, `<%= P() %>`, `#{P()}`, `[[P()]]`, `{{.}}`, `{{template "x"}}`, `&lt;script&gt;P()&lt;/script&gt;`, `&#60;script&#62;P()&#60;/script&#62;`, `&#x3c;script&#x3e;P()`,
	`%3Cscript%3EP()%3C/script%3E`, `\u003cscript\u003eP()\u003c/script\u003e`, `\x3cscript\x3eP()`, "\uff1cscript\uff1eP()\uff1c/script\uff1e", "\u2039script\u203aP()", `+ADw-script+AD4-P()+ADw-/script+AD4-`, `+ADwAcwBjAHIAaQBwAHQAPg-`,
	`<noscript><p title="</noscript><img src=x onerror=P()>">`, `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=P()&gt;">`, `<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=P()>`,
	`<svg></p><style><a id="</style><img src=x onerror=P()>">`, `<table><td background="javascript:P()">`, `<template><script>P()</script></template>`, `<x contenteditable onblur=P()>x</x>`, `<isindex type=image src=1 onerror=P()>`,
	`<plaintext>`, `<xmp><script>P()</script></xmp>`, `<listing>&lt;img src=x onerror=P()&gt;</listing>`, `<keygen autofocus onfocus=P()>`, `<dialog open onclose=P()>x</dialog>`, `<portal src=//elsewhere.example>`, `<input type=image src=//elsewhere.example/x>`,
}

// hostileRedirects lead elsewhere for one browser or another, or are nothing
// that leads anywhere.
var hostileRedirects = []string{
	"//elsewhere.example", "///elsewhere.example", "////elsewhere.example", `/\elsewhere.example`, `\/elsewhere.example`, `\\elsewhere.example`, `/\/elsewhere.example`, `//\elsewhere.example`, `\elsewhere.example`,
	"https://elsewhere.example", "http://elsewhere.example", "HTTPS://elsewhere.example", "https:elsewhere.example", "https:/elsewhere.example", "https:///elsewhere.example", `https:\\elsewhere.example`, "ftp://elsewhere.example",
	"javascript:alert(1)", "data:text/html,x", "vbscript:x", "mailto:x@elsewhere.example", "file:///etc/passwd", "blob:https://elsewhere.example/x", "about:blank", "elsewhere.example", "elsewhere.example/rounds", ".elsewhere.example", "@elsewhere.example",
	"/@elsewhere.example/..//", "/.//elsewhere.example", "/..//elsewhere.example", "/../..//elsewhere.example", "/a/..//elsewhere.example", "/%2f/elsewhere.example", "/%2felsewhere.example", "/%5celsewhere.example", "/%5c%5celsewhere.example",
	"/%09/elsewhere.example", "/%0a/elsewhere.example", "/%0d/elsewhere.example", "/\t/elsewhere.example", "/\n/elsewhere.example", "/\r/elsewhere.example", "\t//elsewhere.example", " //elsewhere.example", "/ /elsewhere.example", "\u00a0//elsewhere.example",
	"/\u2028/elsewhere.example", "\u200b//elsewhere.example", "/\uff0felsewhere.example", "\uff0f\uff0felsewhere.example", "/\u2044elsewhere.example", "//elsewhere.example%2f@puente.test", "//puente.test@elsewhere.example", "https://puente.test@elsewhere.example",
	"https://puente.test.elsewhere.example", "https://elsewhere.example#puente.test", "https://elsewhere.example?puente.test", `https://elsewhere.example\puente.test`, "//[::1]", "//127.0.0.1", "//2130706433", "//0x7f000001", "//elsewhere.example:80",
	"/;@elsewhere.example", "/.;//elsewhere.example", "/./\\elsewhere.example", "?//elsewhere.example", "#//elsewhere.example", "/rounds\r\nLocation: https://elsewhere.example", "/rounds\x00//elsewhere.example", "", " ", "/" + "%2e%2e//elsewhere.example",
}
