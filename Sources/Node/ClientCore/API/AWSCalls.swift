package import AWSClient

/// The operations that the command line calls, each a line long.
///
/// Shapes hold the members that are shown or needed; their names are AWS's, so that `--output json` prints what
/// readers of AWS's answers know.
package struct AWSCalls: Sendable {
    package let client: AWSClient

    package init(client: AWSClient) {
        self.client = client
    }

    /// Asks for one page after the other until there is none.
    func pages<Item>(
        _ ask: (_ token: String?) async throws(AWSClientError) -> (items: [Item], next: String?)
    ) async throws(AWSClientError) -> [Item] {
        var items: [Item] = []
        var token: String?
        repeat {
            let page = try await ask(token)
            items += page.items
            token = page.next == token ? nil : page.next
        } while token != nil
        return items
    }
}

/// An input with nothing in it.
struct NoInput: Encodable, Sendable {}
