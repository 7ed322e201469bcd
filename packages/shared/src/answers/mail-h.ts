import type { AnswerRow } from './answer-row.ts';

/** Serge Hallyn, 2005. H37 is H18 once more, with bombs in place of a small probe. */
export const MAIL_H: readonly AnswerRow[] = [
  {
    id: 'H1',
    sentence: "I'd still like to see bsdjail/vserver/zone functionality in linux",
    says: 'One object, the jail, is created, started, entered, stopped and destroyed, and nothing of it is left.',
  },
  {
    id: 'H2',
    sentence: 'filesystem namespaces (mostly there, probably want shared subtrees)',
    says: 'Whether a mount that is made later appears on the other side is said per mount: neither way (private), from host to jail (slave) or both (shared).',
  },
  {
    id: 'H3',
    sentence: 'read-only bind mounts (not there yet)',
    says: 'What is given read-only cannot be written by the jail, and can by the host.',
  },
  {
    id: 'H4',
    sentence: 'task separation (ie ptrace, etc: can be done by selinux)',
    says: 'A process of the host cannot be traced, signalled, read or limited from a jail, nor its keys be had.',
  },
  {
    id: 'H5',
    sentence: 'task-hiding ability […] get_tgid_list',
    says: 'Processes of others are absent from the listing of /proc: in a jail, and for users of a host with hidepid.',
  },
  {
    id: 'H6',
    sentence: 'Check permission to see the /proc/<pid> entry for process @p.',
    says: 'Processes of others are not found by asking for their number either.',
  },
  {
    id: 'H7',
    sentence: 'dummy_task_lookup(struct task_struct *p) […] return 0;',
    says: 'Whoever does not use the feature sees no change: root sees all, and so does everybody without hidepid.',
  },
  {
    id: 'H8',
    sentence: 'task_has_perm(current, p, PROCESS__TASKLOOKUP)',
    says: "To see a jail's processes is a permission by name, from one jail to another, that is granted, ends and is in the history.",
  },
  {
    id: 'H17',
    sentence: 'hostname/domainname per jail? (is this necessary?)',
    says: 'A jail has a name of its own, and the host keeps its own.',
  },
  {
    id: 'H18',
    sentence: 'resource management - can be done by selinux, ckrm, etc',
    says: 'Processes, memory, processor, disk and devices end at the limits of the jail, which are changed while it runs.',
  },
  {
    id: 'H19',
    sentence: 'provided jails get their own (loopback is fine) filesystem',
    says: 'A jail can have a file system of its own in a file.',
  },
  {
    id: 'H20',
    sentence: 'else read-only bind mounts would also help',
    says: 'What jails share is read-only for each.',
  },
  {
    id: 'H21',
    sentence:
      '/mnt/jail2/.* user_u:object_r:jail2_file_t […] file_type_auto_trans(jail2_t,jail2_file_t,jail2_file_t)',
    says: 'Every file that a jail makes can be told to be its own.',
  },
  {
    id: 'H22',
    sentence: 'domain_auto_trans(unconfined_t,jail2_file_t,jail2_t)',
    says: "A jail's program never runs as the host's: the agent is the only way in.",
  },
  {
    id: 'H23',
    sentence: 'role user_r types jail2_t; role system_r types jail2_t;',
    says: 'Root and ordinary users may run in a jail, and whoever is not allowed to ask may not.',
  },
  {
    id: 'H24',
    sentence: 'allow jail2_t jail2_file_t:{ fd blk_file chr_file lnk_file fifo_file sock_file file dir } *;',
    says: 'Normal work with files inside is not restricted, device nodes apart.',
  },
  {
    id: 'H25',
    sentence: "can_create_pty(jail2, `, userpty_type, user_tty_type')",
    says: "Terminals work inside and are the jail's own.",
  },
  {
    id: 'H26',
    sentence: 'r_dir_file(jail2_t,proc_t);',
    says: '/proc can be read and not written.',
  },
  {
    id: 'H28',
    sentence: 'allow jail2_t jail2_t:{ sem msg msgq shm ipc } *;',
    says: "Queues and shared memory are a jail's own; those of the host are not seen.",
  },
  {
    id: 'H29',
    sentence: 'process ~{ setsched setexec setfscreate dyntransition setcurrent setrlimit rlimitinh }',
    says: 'A jail raises neither its scheduling nor its limits, nor changes its label.',
  },
  {
    id: 'H30',
    sentence: 'capability ~{ sys_module sys_resource sys_time mknod net_admin }',
    says: 'The bounding set lacks these five; chroot works and port 80 can be bound.',
  },
  {
    id: 'H31',
    sentence: '#allow jail2_t jail2_t:security { }; […] #allow jail2_t jail2_t:system { };',
    says: 'Neither the system nor a security server can be controlled: reboot, kernel log, swap, accounting.',
  },
  {
    id: 'H32',
    sentence: 'dns_port_t:udp_socket { send_msg recv_msg }; […] reserved_port_t:tcp_socket',
    says: 'Name service and ports below 1024 work without a privilege.',
  },
  {
    id: 'H33',
    sentence: 'allow jail2_t jail2_t:{netlink_socket key_socket unix_stream_socket unix_dgram_socket } *;',
    says: 'Netlink and unix sockets work inside; none reaches outside.',
  },
  {
    id: 'H34',
    sentence: 'Some intuitive script(s) to use all of the above.',
    says: 'One short command makes a jail that works.',
  },
  {
    id: 'H35',
    sentence: 'read-only bind mounts would also help. more?',
    says: 'The list is open: every host says what it has, what it lacks and what is lost by it.',
  },
  {
    id: 'H36',
    sentence: 'presumably would eventually be changed to a jail_domain() policy macro',
    says: 'What a jail may do is a profile: two jails of one profile differ by their parameters only.',
  },
  {
    id: 'H37',
    sentence: 'resource management - can be done by selinux, ckrm, etc',
    says: 'Bombs of processes, memory, files, descriptors, terminals and loops get what the limits allow, and a neighbour goes on.',
    lab: true,
  },
];
