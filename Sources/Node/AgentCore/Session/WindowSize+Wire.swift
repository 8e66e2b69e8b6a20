import PseudoTerminal
import SessionWire

extension WindowSize {
    /// The client's size in what a terminal can have: 1 to 65,535 each way.
    init(clamping size: TerminalSize) {
        self.init(
            columns: UInt16(clamping: max(1, size.columns)),
            rows: UInt16(clamping: max(1, size.rows))
        )
    }
}
