# docker build -t greenroom .
# Without a registry: deploy/offline/build makes a base image, for --build-arg BASE=greenroom/base:bookworm.
# Works with BuildKit and with the builder before it, which makes every stage above the wanted one: the order counts.
ARG BASE=debian:bookworm-slim

# What a greenroom stands on when it runs.
FROM ${BASE} AS system
COPY .ci/install .ci/packages /tmp/ci/
RUN /tmp/ci/install runtime \
 && rm -rf /tmp/ci /var/lib/apt/lists/* /var/cache/apt/* \
 && useradd --system --uid 10001 --user-group --no-create-home --home-dir /var/lib/greenroom greenroom \
 && install -d -o greenroom -g greenroom -m 0700 /var/lib/greenroom
ENV PATH=/opt/greenroom:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    GREENROOM_DATA_DIR=/var/lib/greenroom \
    GREENROOM_WEB_ROOT=/opt/greenroom/web
WORKDIR /var/lib/greenroom

# --target prebuilt: with the executable and the page that `make build` left here, made on the same Debian. (A pattern: to the old
# builder, which comes by here for the whole image too, a file may be missing only so.)
FROM system AS prebuilt
COPY LICENSE build/release/greenroo[m] /opt/greenroom/
COPY LICENSE build/release/we[b] /opt/greenroom/web/
USER greenroom
HEALTHCHECK --interval=3s --timeout=3s --start-period=60s --retries=3 CMD ["greenroom", "health"]
ENTRYPOINT ["greenroom"]
CMD ["serve"]

# The compiler, and everything compiled.
FROM ${BASE} AS build
WORKDIR /src
COPY .ci/install .ci/packages .ci/
RUN .ci/install build \
 && { .ci/install page || echo 'NO NPM: the page will not be bundled.' >&2; }
COPY . .
ARG JOBS=
RUN rm -rf build \
 && cmake --preset release \
 && cmake --build build/release --target greenroom -j "${JOBS:-$(nproc)}" \
 && strip build/release/greenroom

# The image.
FROM system AS runtime
COPY --from=build /src/LICENSE /src/build/release/greenroom /opt/greenroom/
COPY --from=build /src/build/release/web /opt/greenroom/web
USER greenroom
HEALTHCHECK --interval=3s --timeout=3s --start-period=60s --retries=3 CMD ["greenroom", "health"]
ENTRYPOINT ["greenroom"]
CMD ["serve"]
