// ClientCore: the person's side. The settings that AWS's tools share, a session at a terminal, and what the
// command line shows of sessions, logs and keys. Programs only parse arguments around it.
