/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */

// The process on the other side of BoostInteropTest: memory that Java shares, as a program with Boost.Interprocess has it.
//
//   boost_peer KIND NAME parent COMMAND   creates memory, fills it with ones, runs the command, removes the memory
//   boost_peer KIND NAME child            opens memory and checks that it holds ones
//   boost_peer KIND NAME talk             obeys the lines of its standard input, and answers each with a line
//
// KIND is shm, file, xsi or xsi-id. NAME is the name, the path, the file of the key, or the id.

#include <boost/interprocess/file_mapping.hpp>
#include <boost/interprocess/mapped_region.hpp>
#include <boost/interprocess/permissions.hpp>
#include <boost/interprocess/shared_memory_object.hpp>
#include <boost/interprocess/xsi_key.hpp>
#include <boost/interprocess/xsi_shared_memory.hpp>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <unistd.h>

namespace ipc = boost::interprocess;

namespace {

const int KEY_NUMBER = 1;
const int NOBODY = 65534;

ipc::mode_t mode_of(const std::string& text) {
  if (text == "READ_ONLY") return ipc::read_only;
  if (text == "READ_WRITE") return ipc::read_write;
  if (text == "COPY_ON_WRITE") return ipc::copy_on_write;
  if (text == "READ_PRIVATE") return ipc::read_private;
  throw std::invalid_argument("no such mode: " + text);
}

// What is the same for every kind: what it can do is said by the kinds below.
struct memory {
  virtual ~memory() {}
  virtual void create(std::size_t size, int permissions) = 0;
  virtual void open(ipc::mode_t mode) = 0;
  virtual ipc::mapped_region map(ipc::mode_t mode, long offset, std::size_t size) = 0;
  virtual bool remove() = 0;
  virtual int id() { throw std::logic_error("only XSI memory has an id"); }
};

template <class Object>
struct described : memory {
  explicit described(const std::string& n) : name(n) {}

  ipc::mapped_region map(ipc::mode_t mode, long offset, std::size_t size) {
    return ipc::mapped_region(*object, mode, offset, size);
  }

  const std::string name;
  std::unique_ptr<Object> object;
};

struct shared : described<ipc::shared_memory_object> {
  using described::described;

  void create(std::size_t size, int permissions) {
    object.reset(new ipc::shared_memory_object(
        ipc::create_only, name.c_str(), ipc::read_write, ipc::permissions(permissions)));
    object->truncate(size);
  }

  void open(ipc::mode_t mode) {
    object.reset(new ipc::shared_memory_object(ipc::open_only, name.c_str(), mode));
  }

  bool remove() { return ipc::shared_memory_object::remove(name.c_str()); }
};

struct file : described<ipc::file_mapping> {
  using described::described;

  // A file_mapping is always of a file that is there, made by other means.
  void create(std::size_t size, int) {
    std::filebuf buffer;
    buffer.open(name, std::ios_base::in | std::ios_base::out | std::ios_base::trunc | std::ios_base::binary);
    buffer.pubseekoff(size - 1, std::ios_base::beg);
    buffer.sputc(0);
    buffer.close();
    open(ipc::read_write);
  }

  void open(ipc::mode_t mode) { object.reset(new ipc::file_mapping(name.c_str(), mode)); }

  bool remove() { return ipc::file_mapping::remove(name.c_str()); }
};

struct xsi : described<ipc::xsi_shared_memory> {
  using described::described;

  ipc::xsi_key key() const { return ipc::xsi_key(name.c_str(), KEY_NUMBER); }

  void create(std::size_t size, int permissions) {
    object.reset(new ipc::xsi_shared_memory(ipc::create_only, key(), size, ipc::permissions(permissions)));
  }

  void open(ipc::mode_t) { object.reset(new ipc::xsi_shared_memory(ipc::open_only, key())); }

  bool remove() { return ipc::xsi_shared_memory::remove(object->get_shmid()); }

  int id() { return object->get_shmid(); }
};

struct xsi_by_id : xsi {
  using xsi::xsi;

  void open(ipc::mode_t) { object.reset(new ipc::xsi_shared_memory(ipc::open_only, std::stoi(name))); }
};

std::unique_ptr<memory> memory_of(const std::string& kind, const std::string& name) {
  if (kind == "shm") return std::unique_ptr<memory>(new shared(name));
  if (kind == "file") return std::unique_ptr<memory>(new file(name));
  if (kind == "xsi") return std::unique_ptr<memory>(new xsi(name));
  if (kind == "xsi-id") return std::unique_ptr<memory>(new xsi_by_id(name));
  throw std::invalid_argument("no such kind: " + kind);
}

int parent(memory& object, const std::string& command) {
  object.create(1000, 0600);
  int status;
  {
    ipc::mapped_region region = object.map(ipc::read_write, 0, 0);
    std::memset(region.get_address(), 1, region.get_size());
    status = std::system(command.c_str());
  }
  object.remove();
  return status == 0 ? 0 : 1;
}

int child(memory& object) {
  object.open(ipc::read_only);
  ipc::mapped_region region = object.map(ipc::read_only, 0, 0);
  const char* bytes = static_cast<const char*>(region.get_address());
  for (std::size_t i = 0; i < region.get_size(); ++i) {
    if (bytes[i] != 1) {
      std::cout << "position " << i << " holds " << static_cast<int>(bytes[i]) << std::endl;
      return 1;
    }
  }
  std::cout << "the child has read " << region.get_size() << " ones" << std::endl;
  return 0;
}

std::string name_of(ipc::error_code_t code) {
  switch (code) {
    case ipc::security_error: return "security_error";
    case ipc::not_found_error: return "not_found_error";
    case ipc::already_exists_error: return "already_exists_error";
    case ipc::size_error: return "size_error";
    default: return "error " + std::to_string(code);
  }
}

void obey(memory& object, ipc::mapped_region& region, std::istringstream line) {
  std::string command, mode;
  std::size_t position = 0, size = 0;
  int value = 0;
  line >> command;
  if (command == "create") {
    line >> size >> std::oct >> value;
    object.create(size, value);
    std::cout << "created";
  } else if (command == "open") {
    line >> mode;
    object.open(mode_of(mode));
    std::cout << "opened";
  } else if (command == "map") {
    line >> mode >> position >> size;
    ipc::mapped_region next = object.map(mode_of(mode), position, size);
    region.swap(next);
    std::cout << region.get_size();
  } else if (command == "read") {
    line >> position;
    std::cout << static_cast<int>(static_cast<char*>(region.get_address())[position]);
  } else if (command == "write") {
    line >> position >> value;
    static_cast<char*>(region.get_address())[position] = static_cast<char>(value);
    std::cout << "written";
  } else if (command == "remove") {
    std::cout << std::boolalpha << object.remove();
  } else if (command == "id") {
    std::cout << object.id();
  } else if (command == "key") {
    line >> mode >> value;
    std::cout << ipc::xsi_key(mode.c_str(), static_cast<boost::uint8_t>(value)).get_key();
  } else if (command == "become-nobody") {
    // Files of root's would let root do anything.
    bool done = geteuid() != 0 || (setegid(NOBODY) == 0 && seteuid(NOBODY) == 0);
    std::cout << std::boolalpha << done;
  } else {
    std::cout << "no such command: " << command;
  }
}

int talk(memory& object) {
  ipc::mapped_region region;
  std::string line;
  while (std::getline(std::cin, line)) {
    try {
      obey(object, region, std::istringstream(line));
    } catch (const ipc::interprocess_exception& e) {
      std::cout << "refused: " << name_of(e.get_error_code());
    }
    std::cout << std::endl;
  }
  return 0;
}

}  // namespace

int main(int argc, char* argv[]) {
  try {
    const std::string role = argc > 3 ? argv[3] : "";
    std::unique_ptr<memory> object = argc > 3 ? memory_of(argv[1], argv[2]) : nullptr;
    if (role == "parent" && argc == 5) return parent(*object, argv[4]);
    if (role == "child" && argc == 4) return child(*object);
    if (role == "talk" && argc == 4) return talk(*object);
    std::cerr << "usage: boost_peer shm|file|xsi|xsi-id NAME parent COMMAND|child|talk" << std::endl;
  } catch (const std::exception& e) {
    std::cerr << e.what() << std::endl;
  }
  return 2;
}
