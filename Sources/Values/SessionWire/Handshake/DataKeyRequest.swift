package import Sealing

/// What an end asks of KMS during the handshake; its shell makes the call.
package struct DataKeyRequest: Equatable, Sendable {
    /// `kmsKeyId` of the preferences.
    package let keyID: String
    /// Bound to the key by both ends: session, target, and the random challenge where both know it.
    package let encryptionContext: [String: String]
    /// Of GenerateDataKey.
    package static let numberOfBytes = 64

    package init(keyID: String, sessionID: String, targetID: String, randomChallenge: String?) {
        self.keyID = keyID
        var context = ["aws:ssm:SessionId": sessionID, "aws:ssm:TargetId": targetID]
        context["aws:ssm:RandomChallenge"] = randomChallenge
        encryptionContext = context
    }
}

/// A data key as KMS generated it for the client.
package struct GeneratedDataKey: Sendable {
    /// 64 bytes.
    package let plaintext: Secret
    package let ciphertext: [UInt8]

    package init(plaintext: Secret, ciphertext: [UInt8]) {
        self.plaintext = plaintext
        self.ciphertext = ciphertext
    }
}
