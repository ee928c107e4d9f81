// Package fileset is what can be done with the files and plans of package
// mirror: show a plan as a diff, apply it to a node and undo it, and export
// files in the forms that provisioning tools take.
//
//   - [Diff] shows a plan, secrets masked.
//   - [Apply] writes all of a plan or none of it, and leaves a record from
//     which [Undo.Restore] puts back what was there. [LoadUndo] and [Records]
//     find the records of earlier runs, those of a killed process included;
//     [Discard] and [KeepRecords] drop them.
//   - [WriteDir], [WriteTar], [Txtar], [CloudInit], [Ignition] and [Shell]
//     export mirror.Files.
//
// Apply and Restore work on what is beneath one directory, the node's root,
// and never outside of it: a path or a symbolic link that leads out is
// refused.
package fileset
