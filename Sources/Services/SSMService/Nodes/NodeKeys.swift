import ServiceKit
package import Vocabulary

/// What the frontend asks to check a node's own signature.
extension SSMService: NodeKeyPort {
    package func publicKey(of node: NodeID, in scope: Scope) async throws -> [UInt8]? {
        try await store.get(.node(node, scope), as: NodeRecord.self).map {
            Array($0.value.publicKey)
        }
    }
}
