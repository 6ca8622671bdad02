# octet, the libraries that it loads, and nothing else: no shell, no package manager.
#   docker build --tag octet .
#   docker run --rm --user "$(id -u)" --volume "$PWD:/data" octet run yolox_nano.onnx --data coco --output out
FROM debian:12 AS build
COPY . /octet
WORKDIR /octet
RUN scripts/setup
RUN scripts/image /image

FROM scratch
COPY --from=build /image /
WORKDIR /data
# Where downloads are kept, for a user whom the image does not know.
ENV HOME=/tmp
ENTRYPOINT ["/usr/bin/octet"]
