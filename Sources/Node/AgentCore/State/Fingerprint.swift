import FoundationEssentials
package import Vocabulary

/// The random UUID that stands for this machine, and the facts that it was made under.
///
/// The facts do not make the UUID; they only decide whether it may still be used, so that a copied disk
/// does not become the same node (session-protocol 1.2).
package struct Fingerprint: Codable, Equatable, Sendable {
    package var fingerprint: String
    package var hardware: [String: String]

    static let file = "fingerprint.json"
    /// Per cent of the facts that must be as they were.
    static let similarity = 40
    static let machineID = "machine-id"
    static let address = "ipaddress-info"

    /// Whether this fingerprint still fits a machine with those facts.
    ///
    /// Another machine id never does. The same one with the same address always does. Otherwise enough
    /// facts must be the same.
    func fits(_ now: [String: String]) -> Bool {
        guard hardware[Self.machineID] == now[Self.machineID] else { return false }
        if hardware[Self.address] == now[Self.address] { return true }
        let names = Set(hardware.keys).union(now.keys)
        guard !names.isEmpty else { return true }
        let same = names.count { hardware[$0] == now[$0] }
        return same * 100 >= names.count * Self.similarity
    }

    /// The stored fingerprint if it still fits, else a new one, stored.
    package static func current(
        in directory: StateDirectory,
        hardware: [String: String] = HardwareFacts.read(),
        entropy: some Entropy
    ) throws(AgentFailure) -> Fingerprint {
        if let bytes = try directory.read(file),
            let stored = try? JSONDecoder().decode(Fingerprint.self, from: Data(bytes)),
            stored.fits(hardware)
        {
            return stored
        }
        let made = Fingerprint(fingerprint: entropy.uuid(), hardware: hardware)
        try directory.write(file, try directory.encoded(made))
        return made
    }
}
