import Vocabulary

/// How long to wait before the control channel is opened again.
///
/// A channel that was lost is opened after up to 2.5 s, so that the nodes of a restarted server do not all
/// come at once. After that the pause doubles from one second, with up to half of itself added at random.
/// The stock agent goes on to 40 minutes; ours to `Limits.controlChannelLongestPause`, since a server that
/// was away should find its nodes again soon.
enum ReconnectPause {
    /// `failures` counts attempts that failed since the channel was last open.
    static func after(failures: Int, entropy: some Entropy) -> Duration {
        guard failures > 0 else { return .milliseconds(2500) * entropy.fraction() }
        let grown = min(
            Duration.seconds(1 << min(failures - 1, 16)),
            Limits.controlChannelLongestPause
        )
        return grown + grown * (entropy.fraction() * 0.5)
    }
}
