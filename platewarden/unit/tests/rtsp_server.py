"""Debian's RTSP server with one film, for test_video: `python3 rtsp_server.py FILM.mp4`. Says its port; ends with its input.

Each line of its input cuts off everybody who is watching, as a switch that is restarted does.
"""

import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402  only now is it known which version

Gst.init(None)
server = GstRtspServer.RTSPServer.new()
server.set_address("127.0.0.1")
server.set_service("0")
factory = GstRtspServer.RTSPMediaFactory.new()
factory.set_launch(f'( filesrc location="{sys.argv[1]}" ! qtdemux ! rtph264pay name=pay0 pt=96 )')
server.get_mount_points().add_factory("/live", factory)
server.attach(None)
loop = GLib.MainLoop()


def cut_off():
    server.client_filter(lambda *_: GstRtspServer.RTSPFilterResult.REMOVE)
    return False


def listen():
    for _ in sys.stdin:
        GLib.idle_add(cut_off)
    GLib.idle_add(loop.quit)


threading.Thread(target=listen, daemon=True).start()
sys.stdout.write(f"{server.get_bound_port()}\n")
sys.stdout.flush()
loop.run()
