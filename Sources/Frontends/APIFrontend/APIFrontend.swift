// APIFrontend: the door for AWS's clients. HTTPS in, authenticated operation out, and its answer or fault
// in the protocol that was asked in. `Calls` decides and has no socket; `Server` has the sockets;
// `Metrics` counts; `Budget` bounds what bodies take of the memory.
