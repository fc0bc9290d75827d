// A mail server on this machine that takes what it is given over STARTTLS, as it comes.
import { once } from "node:events";
import { createServer } from "node:net";
import { TLSSocket, createSecureContext } from "node:tls";

/** Starts one with this certificate and key; whoever logs in has to be `user` with `password`. */
export async function startMailServer({ pem, user, password }) {
  const mails = [];
  const waiting = [];
  const secureContext = createSecureContext({ cert: pem, key: pem });
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.write("220 mail.example.org ESMTP\r\n");
    converse(socket, false);
  });

  function converse(socket, secret) {
    let text = "";
    let data;
    const mail = { secret };
    const answer = (line) => socket.write(`${line}\r\n`);
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      for (let end; (end = text.indexOf("\r\n")) >= 0; ) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        if (data !== undefined) {
          if (line !== ".") {
            data += `${line}\r\n`;
            continue;
          }
          mails.push({ ...mail, data });
          data = undefined;
          answer("250 taken");
          for (const look of waiting.splice(0)) look();
        } else if (/^EHLO/i.test(line)) {
          socket.write(`250-mail.example.org\r\n250 ${secret ? "AUTH PLAIN" : "STARTTLS"}\r\n`);
        } else if (/^STARTTLS/i.test(line)) {
          answer("220 go ahead");
          socket.removeAllListeners("data");
          return converse(new TLSSocket(socket, { isServer: true, secureContext }), true);
        } else if (/^AUTH PLAIN/i.test(line)) {
          const [, name, word] = Buffer.from(line.split(" ")[2], "base64").toString().split("\0");
          answer(name === user && word === password ? "235 welcome" : "535 wrong");
        } else if (/^MAIL/i.test(line)) {
          answer("250 ok");
        } else if (/^RCPT/i.test(line)) {
          mail.to = /<(.*)>/.exec(line)[1];
          answer("250 ok");
        } else if (/^DATA/i.test(line)) {
          data = "";
          answer("354 go on");
        } else if (/^QUIT/i.test(line)) {
          socket.end("221 bye\r\n");
        } else {
          answer("250 ok");
        }
      }
    });
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: server.address().port,
    mails,
    /** Resolves once so many mails have come. */
    async come(count) {
      while (mails.length < count) await new Promise((resolve) => waiting.push(resolve));
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** A mail's headers in lower case, and its text. */
export function read({ data }) {
  const [head, ...rest] = data.split("\r\n\r\n");
  const headers = Object.fromEntries(
    head.replaceAll(/\r\n[ \t]+/g, " ").split("\r\n").map((line) => [line.split(":")[0].toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
  const coded = rest.join("\r\n\r\n");
  const bytes = headers["content-transfer-encoding"] === "quoted-printable"
    ? coded.replaceAll("=\r\n", "").replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    : coded;
  return { headers, text: Buffer.from(bytes, "latin1").toString("utf8").trim() };
}
