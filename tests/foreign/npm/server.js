// An SMSC by other hands: takes one account, tells every submit as a line of JSON, answers it and sends a receipt.
"use strict";
const smpp = require("smpp");

const tell = (value) => process.stdout.write(JSON.stringify(value) + "\n");
let next = 0xa0;

const server = smpp.createServer({}, (session) => {
  session.on("error", (error) => tell({ error: String(error) }));
  const bind = (pdu) => {
    const right = pdu.system_id === "esme" && pdu.password === "secret";
    tell({ bind: pdu.command, version: pdu.interface_version });
    session.send(pdu.response(right ? { system_id: "npm" } : { command_status: smpp.ESME_RBINDFAIL }));
    if (!right) session.close();
  };
  session.on("bind_transceiver", bind);
  session.on("bind_transmitter", bind);
  session.on("bind_receiver", bind);
  session.on("enquire_link", (pdu) => session.send(pdu.response()));
  session.on("unbind", (pdu) => {
    session.send(pdu.response());
    session.close();
  });
  session.on("submit_sm", (pdu) => {
    const text = pdu.short_message.message;
    const header = pdu.short_message.udh;
    tell({ text: Buffer.isBuffer(text) ? text.toString("hex") : text, coding: pdu.data_coding, to: pdu.destination_addr,
      udh: header ? Buffer.concat(header.map((one) => Buffer.from(one))).toString("hex") : null,
      parts: pdu.sar_total_segments, part: pdu.sar_segment_seqnum, esm_class: pdu.esm_class,
      payload: pdu.message_payload ? pdu.message_payload.message || String(pdu.message_payload) : null });
    if (pdu.destination_addr.endsWith("0058")) {
      session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
      return;
    }
    const id = next++;
    session.send(pdu.response({ message_id: id.toString(16) }));
    const said = `id:${id} sub:001 dlvrd:001 submit date:2611220930 done date:2611220931 stat:DELIVRD err:000 text:`;
    session.deliver_sm({ source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, esm_class: 4,
      short_message: said }, (taken) => tell({ acknowledged: taken.command_status }));
  });
});

server.listen(0, "127.0.0.1", () => tell({ port: server.address().port }));
process.stdin.on("end", () => process.exit(0));
process.stdin.resume();
