import Testing

@testable import WebSocketTransport

@Suite("A WebSocket address")
struct WebSocketURLTests {
    @Test(arguments: [
        ("wss://h", true, "h", 443, "/", "h"),
        ("wss://h:8443/a/b?c=d", true, "h", 8443, "/a/b?c=d", "h:8443"),
        ("wss://h?x=1", true, "h", 443, "/?x=1", "h"),
        ("wss://[2001:db8::1]:7/p", true, "2001:db8::1", 7, "/p", "[2001:db8::1]:7"),
        ("ws://127.0.0.1:8080/x", false, "127.0.0.1", 8080, "/x", "127.0.0.1:8080"),
        ("ws://[::1]/x", false, "::1", 80, "/x", "[::1]"),
        ("ws://localhost", false, "localhost", 80, "/", "localhost"),
    ])
    func `is taken apart`(
        text: String,
        isSecure: Bool,
        host: String,
        port: Int,
        target: String,
        header: String
    ) throws {
        let url = try WebSocketURL(parsing: text)
        #expect(url.isSecure == isSecure)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.target == target)
        #expect(url.hostHeader == header)
    }

    @Test(arguments: [
        "", "http://h", "wss://", "wss://:80", "wss://h:0", "wss://h:65536", "wss://h:x",
        "wss://u@h", "wss://h/#f", "wss://h/ x", "wss://h/\r\nX: y", "wss://[::1", "wss://[::1]x",
        "wss://hé", "ws://example.com", "ws://10.0.0.1", "ws://127.evil.com", "ws://127.0.0.1.evil",
        "ws://127.0.0.256",
    ])
    func `is refused when it is none, or would go elsewhere in clear`(text: String) {
        #expect(throws: WebSocketError.self) { try WebSocketURL(parsing: text) }
    }
}
