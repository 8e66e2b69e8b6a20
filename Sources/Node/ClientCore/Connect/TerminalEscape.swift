/// Finds the escapes that a person types to talk to `sekisho` itself: `~.` and `~?` at the start of a line.
///
/// As in OpenSSH: the tilde counts after Enter and at the very beginning, `~~` is one tilde, and a tilde
/// before anything else is sent with it. The machine keeps a tilde back until it knows.
package struct TerminalEscape: Sendable {
    package enum Action: Equatable, Sendable {
        case send([UInt8])
        /// `~.`: leave, whatever the other side does.
        case leave
        /// `~?`: say what there is.
        case help
    }

    private enum State { case lineStart, tilde, inLine }

    private var state = State.lineStart

    package init() {}

    /// Takes what was typed; says in order what to do with it.
    ///
    /// What comes after `~.` is dropped.
    package mutating func typed(_ bytes: [UInt8]) -> [Action] {
        var actions: [Action] = []
        var plain: [UInt8] = []
        func flush() {
            guard !plain.isEmpty else { return }
            actions.append(.send(plain))
            plain = []
        }
        for byte in bytes {
            switch (state, byte) {
            case (.lineStart, UInt8(ascii: "~")):
                state = .tilde
                continue
            case (.tilde, UInt8(ascii: ".")):
                flush()
                return actions + [.leave]
            case (.tilde, UInt8(ascii: "?")):
                flush()
                actions.append(.help)
                state = .lineStart
                continue
            case (.tilde, UInt8(ascii: "~")):
                plain.append(byte)
                state = .inLine
                continue
            case (.tilde, _):
                plain.append(UInt8(ascii: "~"))
            default:
                break
            }
            plain.append(byte)
            state = byte == 0x0D || byte == 0x0A ? .lineStart : .inLine
        }
        flush()
        return actions
    }

    package static let helpText = """
        Escapes, at the start of a line:
          ~.   leave the session and end it
          ~?   this help
          ~~   a tilde
        """
}
