import Glibc

/// Calls `body` with the texts as a C array that ends with a null pointer, freed afterwards.
///
/// Nil when a text holds a zero byte, which C would take for its end.
func withCStrings<Result>(
    _ texts: [String],
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result? {
    guard texts.allSatisfy({ !$0.utf8.contains(0) }) else { return nil }
    var pointers: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    // Out of memory: an array that ends early would run something else than was asked for.
    guard pointers.allSatisfy({ $0 != nil }) else { return nil }
    pointers.append(nil)
    return pointers.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map(body)
    }
}
