import CSystem
import HTTP

/// Cutting clients that are too slow.
extension Connection {
    /// Called on each tick of the loop.
    func checkDeadlines() {
        if body.reader != nil, body.rate.isTooSlow(loop.now, loop.limits) {
            body.failure = .bodyTooSlow
            failBodyReader(.tooSlow)
        }
        guard loop.now >= deadline else { return }
        switch phase {
        case .head where pendingStart < pending.count:
            refuse(.headTooSlow)
        case .handling, .streaming, .flushing:
            checkStall()
        default:
            if phase == .handshake { loop.counters.refuse(.handshakeFailed) }
            close()
        }
    }

    /// The socket took nothing for a while; but the peer may be working through what the kernel holds.
    private func checkStall() {
        guard !output.isEmpty else {
            deadline = .max
            return
        }
        let held = Int(gh_unacknowledged(descriptor))
        if held < heldBytes {
            heldBytes = held
            deadline = loop.now + loop.limits.stallMilliseconds
        } else {
            loop.counters.refuse(.responseStalled)
            close()
        }
    }
}
