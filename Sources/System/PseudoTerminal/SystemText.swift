import Glibc

/// The system's words for an errno: `No such file or directory`.
package func errnoText(_ number: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
        guard let start = buffer.baseAddress else { return "error \(number)" }
        buffer.initialize(repeating: 0)
        // The XSI form, which writes into the buffer; its result is not needed.
        guard strerror_r(number, start, buffer.count) == 0 else { return "error \(number)" }
        return String(cString: start)
    }
}
