# Optimisation of what users install: it runs once for each packet.
#
# Across files only where no tests are built: each of them would be optimised anew when it is linked.
#
# SPDX-License-Identifier: GPL-2.0-or-later
if(TCPRST_ASAN OR TCPRST_FUZZ OR NOT CMAKE_BUILD_TYPE MATCHES "^(Release|RelWithDebInfo)$")
  return()
endif()
add_compile_options(-O3)
if(BUILD_TESTING)
  option(TCPRST_LTO "Optimise across files when linking" OFF)
else()
  option(TCPRST_LTO "Optimise across files when linking" ON)
endif()
if(TCPRST_LTO)
  include(CheckIPOSupported)
  check_ipo_supported(RESULT TCPRST_LTO_WORKS OUTPUT why_not LANGUAGES C)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ${TCPRST_LTO_WORKS})
endif()
