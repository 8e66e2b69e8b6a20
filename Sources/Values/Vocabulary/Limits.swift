/// Every bound has a name here, with AWS's published number where AWS has one.
///
/// A service or a door adds its own in a file of its own (`Limits+Logs.swift`), so that they stand
/// together by subject and can be searched as one list.
package enum Limits {
    /// Characters in the name of a region; the agent's own bound.
    package static let regionNameLength = 100
    /// Characters in a session id: SSM's `SessionId` shape.
    package static let sessionIDLength = 96
    /// Characters that an audit record keeps of one parameter: the longest ARN of AWS's has 2,048.
    package static let auditParameterLength = 2048
    /// Characters that an audit record keeps of a fault's message, which may repeat what the caller sent.
    package static let auditMessageLength = 4096
}
