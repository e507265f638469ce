-- What wrk has found, as one line of JSON.
function done(summary, latency)
  local wrong = summary.errors
  io.write(string.format('{"answers":%d,"seconds":%f,"wrong":%d,"bytes":%d,"p99_us":%d}\n', summary.requests,
    summary.duration / 1e6, wrong.connect + wrong.read + wrong.write + wrong.status + wrong.timeout, summary.bytes,
    latency:percentile(99)))
end
