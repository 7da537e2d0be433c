// An SMSC by other hands that is a whole one: it joins parts, throttles once, tells receipts where they are wanted
// (text or TLVs, ids in another base), has handsets answer in pieces, and tells what it understood as lines of JSON.
"use strict";
const smpp = require("smpp");

const asked = JSON.parse(process.argv[2]);
const tell = (value) => process.stdout.write(JSON.stringify(value) + "\n");
const receivers = [];
const wholes = new Map();
const throttled = new Set();
let next = 0x1a0;

const inAnswer = (id) => (asked.answers === "decimal" ? String(id) : id.toString(16).padStart(8, "0"));
const inReceipt = (id) => (asked.receipts === "decimal" ? String(id) : id.toString(16).toUpperCase());

const deliver = (pdu, key) => {
  const receiver = receivers[receivers.length - 1];
  receiver.deliver_sm(pdu, (taken) => tell({ [key]: taken.command_status }));
};

const receipt = (id, pdu) => {
  const report = { source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, esm_class: 4 };
  if (asked.where === "tlvs") {
    Object.assign(report, { receipted_message_id: inReceipt(id), message_state: 2 });
  } else {
    report.short_message = `id:${inReceipt(id)} sub:001 dlvrd:001 submit date:2611220930 done date:2611220931 ` +
      "stat:DELIVRD err:000 text:";
  }
  deliver(report, "acknowledged");
};

const answerInPieces = (pdu) => {
  const halves = [asked.reply.slice(0, 60), asked.reply.slice(60)];
  for (const at of [1, 0]) { // the second comes first
    deliver({ source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, esm_class: 0x40, data_coding: 8,
      short_message: { udh: Buffer.from([5, 0, 3, 0x2a, 2, at + 1]), message: halves[at] } }, "replied");
  }
};

const piece = (pdu) => {
  if (pdu.message_payload) return { text: pdu.message_payload.message, how: "payload", total: 1, number: 1 };
  const text = pdu.short_message.message;
  if (pdu.sar_total_segments) {
    return { text, how: "sar", reference: pdu.sar_msg_ref_num, total: pdu.sar_total_segments, number: pdu.sar_segment_seqnum };
  }
  if (!pdu.short_message.udh) return { text, how: "whole", total: 1, number: 1 };
  const [[tag, , ...values]] = pdu.short_message.udh;
  if (tag === 0) return { text, how: "udh8", reference: values[0], total: values[1], number: values[2] };
  return { text, how: "udh16", reference: values[0] * 256 + values[1], total: values[2], number: values[3] };
};

const joined = (pdu) => {
  const found = piece(pdu);
  const key = `${pdu.source_addr} ${pdu.destination_addr} ${found.reference}`;
  const pieces = wholes.get(key) || [];
  wholes.set(key, pieces);
  pieces[found.number - 1] = found.text;
  if (Object.keys(pieces).length < found.total) return;
  wholes.delete(key);
  tell({ to: pdu.destination_addr, from: pdu.source_addr, text: pieces.join(""), how: found.how, parts: found.total,
    coding: pdu.data_coding, asks: pdu.registered_delivery, validity: Boolean(pdu.validity_period) });
};

const server = smpp.createServer({}, (session) => {
  let sends = false;
  const bind = (pdu) => {
    sends = pdu.command !== "bind_receiver";
    if (pdu.command !== "bind_transmitter") receivers.push(session);
    tell({ bind: pdu.command });
    session.send(pdu.response({ system_id: "npm" }));
  };
  session.on("error", (error) => tell({ error: String(error) }));
  for (const command of ["bind_transceiver", "bind_transmitter", "bind_receiver"]) session.on(command, bind);
  session.on("enquire_link", (pdu) => session.send(pdu.response()));
  session.on("unbind", (pdu) => {
    session.send(pdu.response());
    session.close();
  });
  session.on("close", () => {
    if (receivers.includes(session)) receivers.splice(receivers.indexOf(session), 1);
  });
  session.on("submit_sm", (pdu) => {
    const number = pdu.destination_addr;
    if (!sends || (number.endsWith("0058") && !throttled.has(number))) {
      throttled.add(number);
      session.send(pdu.response({ command_status: sends ? smpp.ESME_RTHROTTLED : smpp.ESME_RINVBNDSTS }));
      return;
    }
    const id = next++;
    session.send(pdu.response({ message_id: inAnswer(id) }));
    joined(pdu);
    receipt(id, pdu);
    if (number.endsWith("7777")) answerInPieces(pdu);
  });
});

server.listen(0, "127.0.0.1", () => tell({ port: server.address().port }));
process.stdin.on("end", () => process.exit(0));
process.stdin.resume();
