// The load configuration of the ARM64EC view: 0x140 bytes, and at 0xC8 the pointer
// to the CHPE metadata, whose tables the linker fills in.
        .section .rdata, "dr"
        .globl _load_config_used
        .p2align 3, 0
_load_config_used:
        .word   0x140
        .fill   0xc4, 1, 0
        .xword  chpe_metadata
        .fill   0x70, 1, 0

// IMAGE_ARM64EC_METADATA, version 2 (LLVM, llvm/Object/COFF.h, chpe_metadata).
        .p2align 3, 0
chpe_metadata:
        .word   2                                       // Version
        .rva    __hybrid_code_map                       // CodeMap
        .word   __hybrid_code_map_count                 // CodeMapCount
        .rva    __x64_code_ranges_to_entry_points       // CodeRangesToEntryPoints
        .rva    __arm64x_redirection_metadata           // RedirectionMetadata
        .fill   20, 1, 0                                // five dispatch pointers, unused here
        .rva    __arm64x_native_entrypoint              // AlternateEntryPoint
        .rva    __hybrid_auxiliary_iat                  // AuxiliaryIAT
        .word   __x64_code_ranges_to_entry_points_count // CodeRangesToEntryPointsCount
        .word   __arm64x_redirection_metadata_count     // RedirectionMetadataCount
        .fill   8, 1, 0                                 // Get/SetX64InformationFunctionPointer
        .rva    __arm64x_extra_rfe_table                // ExtraRFETable
        .word   __arm64x_extra_rfe_table_size           // ExtraRFETableSize
        .fill   4, 1, 0                                 // DispatchFptr
        .rva    __hybrid_auxiliary_iat_copy             // AuxiliaryIATCopy
        .rva    __hybrid_auxiliary_delayload_iat        // AuxiliaryDelayloadIAT
        .rva    __hybrid_auxiliary_delayload_iat_copy   // AuxiliaryDelayloadIATCopy
        .word   __hybrid_image_info_bitfield            // HybridImageInfoBitfield
        .fill   24, 1, 0                                // six reserved helpers
