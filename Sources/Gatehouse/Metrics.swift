import Blobs
import Crypto
import Door
import Edge
import S3Service
import Storage

/// The server's numbers in the Prometheus text form. Some are counted in the store: not for an event loop.
/// - Source: Prometheus documentation, "Exposition formats".
enum Metrics {
    static func text(_ house: House, _ statistics: EdgeStatistics) -> String {
        var lines: [String] = []
        func metric(_ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: Int)]) {
            lines.append("# HELP \(name) \(help)")
            lines.append("# TYPE \(name) \(type)")
            lines += samples.map { "\(name)\($0.labels) \($0.value)" }
        }
        metric(
            "gatehouse_requests_total", "counter", "Requests by service, operation and status.",
            house.front.counters.snapshot.map {
                (
                    "{service=\"\($0.key.service)\",operation=\"\($0.key.operation)\",status=\"\($0.key.status)\"}",
                    $0.count
                )
            })
        metric("gatehouse_connections_open", "gauge", "Connections open now.", [("", statistics.open)])
        metric("gatehouse_connections_total", "counter", "Connections accepted.", [("", statistics.accepted)])
        metric("gatehouse_received_bytes_total", "counter", "Bytes received.", [("", statistics.bytesIn)])
        metric("gatehouse_sent_bytes_total", "counter", "Bytes sent.", [("", statistics.bytesOut)])
        metric(
            "gatehouse_refused_total", "counter", "Connections and requests the edge refused, by reason.",
            statistics.refused.map { ("{reason=\"\($0.key)\"}", $0.value) }.sorted { $0.0 < $1.0 })
        metric(
            "gatehouse_store_waiting_writes", "gauge", "Writes waiting for the next commit.",
            [("", house.store.waitingWrites)])
        metric(
            "gatehouse_contents_without_room_total", "counter",
            "Contents of objects that the disk had no room for.", [("", house.fullDisk.count)])
        metric(
            "gatehouse_secret_memory_locked", "gauge",
            "1 where the memory of keys is locked, and never reaches the swap.",
            [("", SecretMemory.isLocked ? 1 : 0)])
        metric(
            "gatehouse_secret_memory_overflows_total", "counter",
            "Secrets that found no room in the locked memory and lay in ordinary memory.",
            [("", SecretMemory.overflows)])
        metric(
            "gatehouse_s3_lifecycle_total", "counter", "What lifecycles did, by S3's names of it.",
            house.lifecycles.counts.map { ("{event=\"\($0.event)\"}", $0.count) })
        if let damaged = try? house.store.read({ try DamagedContent.count($0) }) {
            metric(
                "gatehouse_s3_damaged_contents", "gauge", "Stored contents that the scrubber found damaged.",
                [("", damaged)])
        }
        if let unchecked = try? house.store.read({ try Scrubber.unchecked($0) }) ?? nil {
            metric(
                "gatehouse_s3_unchecked_contents", "gauge",
                "Stored contents that only their key, of KMS or of a customer, can check, as the scrubber's last pass found.",
                [("", Int(unchecked))])
        }
        metric(
            "gatehouse_s3_access_log_records_lost_total", "counter",
            "Records of server access logs that found no room.", [("", house.accessLog.lostRecords)])
        metric(
            "gatehouse_s3_failed_deliveries_total", "counter", "Deliveries that failed; the log says why.",
            [
                ("{of=\"access logs\"}", house.accessLogs.failedDeliveries),
                ("{of=\"inventories\"}", house.inventories.failedDeliveries),
            ])
        if let replication = try? house.store.read({ try ReplicationState($0) }) {
            metric(
                "gatehouse_s3_replication_pending", "gauge", "Versions and changes that are still to be replicated.",
                [("", Int(replication.pending))])
            metric(
                "gatehouse_s3_replication_failed", "gauge",
                "Versions and changes whose replication was given up, since their buckets' rules were set.",
                [("", Int(replication.failed))])
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
