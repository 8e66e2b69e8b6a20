import SigV4
import Vocabulary

/// What bodies of requests may take of the memory while they arrive and are answered.
///
/// Anyone can begin a request, so that what a body may be depends on what is known before it is read: one without a
/// signature, or with something that cannot be one, is small, since all that unsigned calls say is short. The others
/// reserve what they state before their first byte is read. Small bodies have a budget of their own, so that a few
/// large ones never hold up the many brief calls.
package struct BodyBudget: Sendable {
    let small: ByteBudget
    let large: ByteBudget

    package init() {
        self.init(
            small: ByteBudget(total: Limits.smallBodyBudget, share: Limits.smallBodyShare),
            large: ByteBudget(total: Limits.largeBodyBudget, share: Limits.largeBodyShare)
        )
    }

    init(small: ByteBudget, large: ByteBudget) {
        self.small = small
        self.large = large
    }

    /// Bytes that the body of this request may have.
    static func mostBytes(of request: SignableRequest) -> Int {
        hasPlausibleSignature(request) ? Limits.requestBodyBytes : Limits.smallBodyBytes
    }

    /// Whether there is something that has the parts of a signature; it proves nothing.
    private static func hasPlausibleSignature(_ request: SignableRequest) -> Bool {
        (try? UnverifiedSignature(in: request)).flatMap { $0 } != nil
    }
}

/// What one request has reserved.
struct BodyReservation: ~Copyable {
    private let budget: BodyBudget
    private let source: CallSource
    private var held: (budget: ByteBudget, bytes: Int)?

    init(_ budget: BodyBudget, for source: CallSource) {
        self.budget = budget
        self.source = source
    }

    /// Makes room for `bytes` in all.
    ///
    /// A body that does not state its length takes the small room first, and then all that one may have at once, so
    /// that nobody waits while it holds a part of what others wait for.
    mutating func cover(_ bytes: Int, atMost most: Int) async throws {
        guard bytes > held?.bytes ?? 0 else { return }
        giveBack()
        try await take(bytes <= Limits.smallBodyBytes ? Limits.smallBodyBytes : most)
    }

    /// Takes exactly what a body of a stated length needs.
    mutating func cover(exactly bytes: Int) async throws {
        guard bytes > 0 else { return }
        try await take(bytes)
    }

    private mutating func take(_ bytes: Int) async throws {
        let chosen = bytes <= Limits.smallBodyBytes ? budget.small : budget.large
        try await chosen.reserve(bytes, for: source)
        held = (chosen, bytes)
    }

    private mutating func giveBack() {
        if let held { held.budget.release(held.bytes, for: source) }
        held = nil
    }

    deinit {
        if let held { held.budget.release(held.bytes, for: source) }
    }
}
