/* point.h - where a frame was captured
 *
 * A number: the file's interface in its upper 8 bits, from 1, the link in the others.  A link is
 * told by the two addresses of the link layer, whichever of them sent, and the VLAN; 0: they are
 * not known.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_PACKET_POINT_H
#define TCPRST_PACKET_POINT_H

#include <stdint.h>
#include <string.h>

enum { TCPRST_LINK_ADDRESS_BYTES = 6, TCPRST_LINK_BITS = 24, TCPRST_LAST_INTERFACE = 254 };

/* From TCPRST_LAST_INTERFACE on, interfaces are not told apart. */
static inline uint32_t tcprst_point(uint32_t interface, uint32_t link) {
    const uint32_t last = TCPRST_LAST_INTERFACE;
    return ((interface < last ? interface : last) + 1) << TCPRST_LINK_BITS | link;
}

static inline uint32_t tcprst_interface_of(uint32_t point) {
    return point >> TCPRST_LINK_BITS;
}

/* Of the two link layer addresses, of TCPRST_LINK_ADDRESS_BYTES, in either order.  Their last four
 * bytes tell cards of one make apart, the first two hardly anything. */
static inline uint32_t tcprst_link(const uint8_t *one, const uint8_t *other, uint32_t vlan) {
    enum { UNIFORM_BYTES = 2 };
    uint32_t a, b;
    memcpy(&a, one + UNIFORM_BYTES, sizeof a);
    memcpy(&b, other + UNIFORM_BYTES, sizeof b);
    const uint32_t both = (a + b + vlan) * 0x9E3779B1u ^ (a ^ b) * 0x85EBCA77u;
    return both >> (32 - TCPRST_LINK_BITS);
}

#endif
