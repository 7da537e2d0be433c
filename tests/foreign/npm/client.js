// An ESME by other hands: binds, submits what standard input lists, tells everything that comes as lines of JSON.
"use strict";
const smpp = require("smpp");

const tell = (value) => process.stdout.write(JSON.stringify(value) + "\n");
const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
const session = smpp.connect({ url: `smpp://127.0.0.1:${asked.port}`, auto_enquire_link_period: 1000 });
let left = asked.receipts;

const leave = () => session.unbind(() => session.close(() => process.exit(0)));

session.on("error", (error) => tell({ error: String(error) }));
session.on("close", () => process.exit(0));
session.on("deliver_sm", (pdu) => {
  session.send(pdu.response());
  const text = pdu.short_message.message;
  tell({ delivered: Buffer.isBuffer(text) ? text.toString("hex") : text, esm_class: pdu.esm_class,
    id: pdu.receipted_message_id, state: pdu.message_state });
  left -= 1;
  if (left === 0) leave();
});
session.on("connect", () => {
  session.bind_transceiver({ system_id: asked.account, password: asked.password }, (bound) => {
    tell({ bound: bound.command_status });
    if (bound.command_status !== 0) return;
    for (const message of asked.messages) {
      const text = message.hex ? Buffer.from(message.hex, "hex") : message.text;
      const content = message.udh ? { udh: Buffer.from(message.udh, "hex"), message: text } : text;
      const pdu = { source_addr: "10690001", destination_addr: message.to, short_message: content,
        registered_delivery: 1, esm_class: message.udh ? 0x40 : 0 };
      if (message.data_coding !== undefined) pdu.data_coding = message.data_coding;
      session.submit_sm(pdu, (taken) => tell({ taken: taken.command_status, id: taken.message_id }));
    }
    if (left === 0) leave();
  });
});
