// SessionWire: the bytes and the rules of a session's channels, for all who stand on one: agent, gateway and
// client. A binary message, its payloads, numbered streams that lose nothing, the handshake, encryption, and
// from these two whole ends, `AgentSessionMachine` and `ClientSessionMachine`. Values only: no socket, no task,
// no clock. Bytes and deviations are written down in docs/protocols/session.md.
